// SPDX-License-Identifier: Apache-2.0
// The commands of Logs Insights: the examples of AWS's own documentation, then what surrounds them.
// Source: the pages of the commands, CloudWatch Logs user guide, read 2026-11.
#include "insights_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace aloft::console::logs::insights {
namespace {

using runner::mistake;
using runner::run;

const std::vector<std::string> kLines = {
    R"({"level":"INFO","service":"payments","latency":10,"user":{"id":"u1"},"tags":["a","b"]})",
    R"({"level":"ERROR","service":"payments","latency":30,"user":{"id":"u2"}})",
    R"({"level":"ERROR","service":"ledger","latency":20})", "plain text with Exception inside"};

TEST(InsightsQuery, ShowsTimestampAndMessageWhenNothingIsAsked) {
  EXPECT_EQ(run("filter @message like /Exception/", kLines),
            "@timestamp,@message|2026-11-27 12:03:00.000,plain text with Exception inside");
  EXPECT_EQ(run("limit 1", kLines),
            "@timestamp,@message|2026-11-27 12:03:00.000,plain text with Exception inside");
}

TEST(InsightsQuery, KnowsTheFieldsThatLogsInsightsAdds) {
  EXPECT_EQ(run("fields @log, @logStream, @ingestionTime, @ptr, @xrayTraceId | limit 1", kLines),
            "@log,@logStream,@ingestionTime,@ptr,@xrayTraceId|000000000000:/aloft/payments,today,"
            "2026-11-27 12:03:00.005,00000000000000000000000000000000000000000000000000000004,"
            "1-67891234-012345678901234567890123");
}

TEST(InsightsQuery, DiscoversFieldsOfJson) {
  EXPECT_EQ(run("fields level, user.id, tags.1, tags[0], nothing | sort @timestamp asc | limit 2",
                kLines),
            "level,user.id,tags.1,tags.0,nothing|INFO,u1,b,a,-|ERROR,u2,-,-,-");
  EXPECT_EQ(
      run("fields `foo-bar`, @@type, a.`b.c`", {R"({"foo-bar":1,"@type":"t","a":{"b.c":true}})"}),
      "foo-bar,@@type,a.b.c|1,t,true");
  // The documented example of nested lists.
  EXPECT_EQ(
      run("filter requestParameters.instancesSet.items.0.instanceId=\"i-abcde123\"",
          {R"({"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-abcde123"}]}}})"})
          .substr(0, 21),
      "@timestamp,@message|2");
  // Lambda's lines: the first embedded fragment of JSON.
  EXPECT_EQ(run("fields level", {"2026-11-27T12:00:00Z\tid\tINFO\t{\"level\":\"warn\"}\n"}),
            "level|warn");
}

TEST(InsightsQuery, DiscoversAThousandFieldsAndNoMore) {
  std::string message = "{";
  for (int i = 0; i < 1001; ++i) message += "\"f" + std::to_string(i) + "\":1,";
  message.back() = '}';

  EXPECT_EQ(run("fields f0, f999, f1000", {message}), "f0,f999,f1000|1,1,-");
}

TEST(InsightsQuery, FiltersAsDocumented) {
  EXPECT_EQ(run("fields latency | filter latency > 20", kLines), "latency|30");
  EXPECT_EQ(run("fields latency | filter (latency=10 or latency>25)", kLines), "latency|30|10");
  EXPECT_EQ(run("fields latency | filter latency like /2\\d/", kLines), "latency|20");
  EXPECT_EQ(run("fields latency | filter latency not like /[23]\\d/", kLines), "latency|-|10");
  EXPECT_EQ(run("fields latency | filter latency in [10,20,99]", kLines), "latency|20|10");
  EXPECT_EQ(run("fields latency | filter level not in [\"ERROR\",\"WARN\"]", kLines),
            "latency|-|10");
  EXPECT_EQ(run("fields latency | filter service like \"pay\"", kLines), "latency|30|10");
  EXPECT_EQ(run("fields latency | filter service =~ /^pay/", kLines), "latency|30|10");
  EXPECT_EQ(
      run("fields latency | filter level like /(?i)error/ and not service like 'pay'", kLines),
      "latency|20");
  EXPECT_EQ(run("fields latency | where ispresent(user.id)", kLines), "latency|30|10");
  EXPECT_EQ(run("fields latency | filter toMillis(@timestamp) >= (now() * 1000 - 7100000)", kLines),
            "latency|-|20");
}

TEST(InsightsQuery, ComparesNumbersInTextsAsNumbers) {
  const std::vector<std::string> lines = {R"({"n":"9","s":"9"})", R"({"n":"10","s":"9.0"})"};
  EXPECT_EQ(run("fields n | filter n > 9", lines), "n|10");
  EXPECT_EQ(run("fields n | filter s = 9", lines), "n|10|9");
  EXPECT_EQ(run("fields n | filter s = \"9\"", lines), "n|9");
  EXPECT_EQ(run("fields n | filter n != 9", lines), "n|10");
  EXPECT_EQ(run("fields n | filter absent != 1 and not (absent = 1)", lines), "n|10|9");
  EXPECT_EQ(run("fields n | filter absent < 1 or absent >= 1", lines), "n");
  EXPECT_EQ(run("fields ok | filter ok = true", {R"({"ok":true})", R"({"ok":false})"}), "ok|true");
}

TEST(InsightsQuery, MakesStatisticsInGroups) {
  EXPECT_EQ(run("stats count(*) as n, avg(latency), max(latency) by service | sort n desc", kLines),
            "service,n,avg(latency),max(latency)|payments,2,20,30|-,1,-,-|ledger,1,20,20");
  EXPECT_EQ(run("stats count() as a, count(latency) as b, sum(latency) as c, min(latency) as d, "
                "stddev(latency) as e, count_distinct(service) as f, pct(latency, 50) as g",
                kLines),
            "a,b,c,d,e,f,g|4,3,60,10,8.16496580927726,2,20");
  EXPECT_EQ(run("stats earliest(level) as a, latest(latency) as b, sortsFirst(service) as c, "
                "sortsLast(service) as d",
                kLines),
            "a,b,c,d|INFO,20,ledger,payments");
  EXPECT_EQ(run("filter @message like /Exception/ | stats count(*) as exceptionCount by bin(1h) "
                "| sort exceptionCount desc",
                kLines),
            "bin(1h),exceptionCount|2026-11-27 12:00:00.000,1");
  EXPECT_EQ(run("stats sum(latency) / count(latency) as mean, ceil(avg(latency) / 7) as x", kLines),
            "mean,x|20,3");
  EXPECT_EQ(run("stats count(*) by bin(2m)", kLines),
            "bin(2m),count(*)|2026-11-27 12:02:00.000,2|2026-11-27 12:00:00.000,2");
  EXPECT_EQ(run("stats count(*), avg(latency) by service | sort count(*) desc, service | limit 1",
                kLines),
            "service,count(*),avg(latency)|payments,2,20");
  EXPECT_EQ(run("filter level = 'NONE' | stats count(*)", kLines), "count(*)|0");
  EXPECT_EQ(run("filter level = 'NONE' | stats count(*) by service", kLines), "service,count(*)");
}

TEST(InsightsQuery, MakesStatisticsOfStatistics) {
  EXPECT_EQ(
      run("stats count(*) as n by service | stats max(n) as most, count(*) as groups", kLines),
      "most,groups|2,3");
  EXPECT_EQ(run("stats count(*) as n by service | filter n > 1 | fields n * 10 as ten", kLines),
            "service,n,ten|payments,2,20");
}

TEST(InsightsQuery, SortsInNaturalOrderAsDocumented) {
  std::vector<std::string> lines;
  for (const auto* text : {"3", "A", "0#", "111A", "@_", "1", "*%04", "!:", "2345_", "01", "5A",
                           "#", "@", "a12345hfh", "0", "A9876fghj", "2"}) {
    lines.push_back(std::string("{\"v\":\"") + text + "\"}");
  }
  EXPECT_EQ(run("fields v | sort v asc", lines),
            "v|!:|#|*%04|0#|5A|111A|2345_|@|@_|A|A9876fghj|a12345hfh|0|01|1|2|3");
  EXPECT_EQ(run("fields v | sort v desc | limit 3", lines), "v|3|2|1");
}

TEST(InsightsQuery, SortsByManyFieldsAndKeepsTheBest) {
  EXPECT_EQ(run("fields latency | sort level desc, latency asc", kLines), "latency|10|20|30|-");
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i) {
    lines.push_back("{\"n\":" + std::to_string(i * 7919 % 1000) + "}");
  }
  EXPECT_EQ(run("fields n | sort n desc | limit 3", lines), "n|999|998|997");
  EXPECT_EQ(run("fields n | sort n | filter n > 500 | limit 2", lines), "n|501|502");
}

TEST(InsightsQuery, SortsNumbersThatAreOneAsDoublesInOneOrder) {
  std::vector<std::string> lines = {R"({"v":"09007199254740993"})", R"({"v":"9007199254740991.9"})",
                                    R"({"v":"9007199254740992"})"};
  std::sort(lines.begin(), lines.end());
  do {
    EXPECT_EQ(run("fields v | sort v", lines),
              "v|9007199254740991.9|9007199254740992|09007199254740993");
  } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST(InsightsQuery, SortsWhatWouldFitOnce) {
  const std::vector<std::string> lines(100, std::string(1 << 20, 'x'));

  const std::string all = run("fields @message | sort @timestamp | limit 50", lines);

  EXPECT_EQ(all.substr(0, 10), "@message|x");
  EXPECT_EQ(all.size(), 8 + 50 * ((std::size_t{1} << 20U) + 1));
}

TEST(InsightsQuery, ParsesAsDocumented) {
  const std::vector<std::string> line = {
      "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException"};
  const std::string expected =
      "level,config,exception|ERROR,{foo=2, bar=data},DataIntegrityException";
  EXPECT_EQ(run("parse @message \"[*] * The error was: *\" as level, config, exception "
                "| display level, config, exception",
                line),
            expected);
  EXPECT_EQ(run("parse @message /\\[(?<level>\\S+)\\]\\s+(?<config>\\{.*\\})\\s+The error was: "
                "(?<exception>\\S+)/ | display level, config, exception",
                line),
            expected);
  EXPECT_EQ(run("fields @message | parse @message \"[*] *\" as loggingType, loggingMessage "
                "| filter loggingType = \"ERROR\" | display loggingMessage",
                {"[ERROR] broken", "[INFO] fine"}),
            "loggingMessage|broken");
  EXPECT_EQ(run("parse @logStream \"*d*\" as a, b | display a, b", {"x"}), "a,b|to,ay");
  EXPECT_EQ(run("parse @message \"url=*\" as url | parse url \"/api/*/users/*\" as v, user "
                "| display v, user",
                {"url=/api/v2/users/7"}),
            "v,user|v2,7");
  EXPECT_EQ(run("parse \"n=* \" as n | stats avg(n)", {"n=2 x", "n=4 x", "none"}), "avg(n)|3");
  EXPECT_EQ(run("parse @message /(\\d+)/ as n | display n", {"a 12 b"}), "n|12");
}

TEST(InsightsQuery, ShowsWhatWasParsed) {
  EXPECT_EQ(run("parse @message \"n=*\" as n", {"n=2", "other"}),
            "@timestamp,@message,n|2026-11-27 12:01:00.000,other,-|2026-11-27 12:00:00.000,n=2,2");
}

TEST(InsightsQuery, RemovesDuplicatesAsDocumented) {
  EXPECT_EQ(run("fields level, service | dedup level", kLines),
            "level,service|-,-|ERROR,ledger|INFO,payments");
  EXPECT_EQ(
      run("fields level, service | sort @timestamp asc | dedup level, service | limit 2", kLines),
      "level,service|INFO,payments|ERROR,payments");
  EXPECT_EQ(mistake("dedup level | fields level"), "only limit can follow dedup@14-20");
}

TEST(InsightsQuery, ShowsOnlyTheLastDisplay) {
  EXPECT_EQ(run("fields level | display service | display latency, abs(latency - 100) as far "
                "| sort latency desc | limit 1",
                kLines),
            "latency,far|30,70");
  EXPECT_EQ(run("fields concat(level, '-', service) as both | fields latency | limit 2", kLines),
            "both,latency|-,-|ERROR-ledger,20");
}

TEST(InsightsQuery, IgnoresComments) {
  EXPECT_EQ(run("# all of it\nfields level # the level\n# | filter level = 'INFO'\n| limit 1",
                {R"({"level":"a # b"})"}),
            "level|a # b");
}

TEST(InsightsQuery, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(mistake(""), "the query is empty@0-0");
  EXPECT_EQ(mistake("frobnicate x"),
            "a command must stand here: fields, filter, stats, sort, limit, parse, display or "
            "dedup@0-10");
  EXPECT_EQ(mistake("pattern @message"),
            "this command of Logs Insights is not there in aloft-console@0-7");
  EXPECT_EQ(mistake("fields a |"), "a command must follow |@10-10");
  EXPECT_EQ(mistake("fields a b"), "| must stand here, or the end of the query@9-10");
  EXPECT_EQ(mistake("filter level ="), "the query ends where a value must follow@14-14");
  EXPECT_EQ(mistake("filter (a = 1"), "this parenthesis is not closed@7-8");
  EXPECT_EQ(mistake("filter a like 5"),
            "a \"text\" or a /regular expression/ must stand here@14-15");
  EXPECT_EQ(mistake("filter a like /(/"), "this regular expression cannot be read@14-17");
  EXPECT_EQ(mistake("filter a like /x"), "this regular expression is not closed by /@14-16");
  EXPECT_EQ(mistake("filter a in 5"), "a list in [ ] must follow in@12-13");
  EXPECT_EQ(mistake("filter a not 5"), "like or in must follow not here@13-14");
  EXPECT_EQ(mistake("filter a = \"open"), "this quote is not closed@11-16");
  EXPECT_EQ(mistake("fields `open"), "this backtick is not closed@7-12");
  EXPECT_EQ(mistake("fields a ; b"), "this character has no meaning here@9-10");
  EXPECT_EQ(mistake("stats level"), "a function such as count(*) must stand here@6-11");
  EXPECT_EQ(mistake("stats sum(max(a))"), "this function stands in stats only@10-13");
  EXPECT_EQ(mistake("stats pct(a, 101)"), "a percentage from 0 to 100 must stand here@13-16");
  EXPECT_EQ(mistake("limit 0"), "a number from 1 to 100000 must follow limit@6-7");
  EXPECT_EQ(mistake("limit 100001"), "a number from 1 to 100000 must follow limit@6-12");
  EXPECT_EQ(mistake("parse @message \"* *\" as a"), "there must be as many names as *@15-25");
  EXPECT_EQ(mistake("parse @message \"x\" as a"),
            "one * for each wanted field must stand here@15-18");
  EXPECT_EQ(mistake("parse @message /(a)/"), "the groups need names: (?<name>…)@15-20");
  EXPECT_EQ(mistake("fields a as 5"), "a name must follow as@12-13");
}

TEST(InsightsQuery, IsBounded) {
  EXPECT_EQ(mistake(std::string(10'001, ' ')),
            "the query is longer than 10,000 characters@10000-10001");
  EXPECT_EQ(mistake("filter " + std::string(100, '(') + "a" + std::string(100, ')')),
            "the expression is nested too deeply here@39-40");
  std::string wide = "fields 1";
  for (int i = 0; i < 600; ++i) wide += "+1";
  EXPECT_EQ(mistake(wide).substr(0, 32), "the query has too many parts@508");
  std::string commands = "limit 1";
  for (int i = 0; i < 64; ++i) commands += "|limit 1";
  EXPECT_EQ(mistake(commands).substr(0, 31), "the query has too many commands");
  EXPECT_EQ(mistake("filter " + std::string(3000, '-') + "a = 1"), "accepted");
}

TEST(InsightsQuery, FailsRatherThanKeepTooMuch) {
  const std::string big(1 << 20, 'x');
  const std::vector<std::string> lines(70, big);
  EXPECT_EQ(run("fields @message | sort @timestamp", lines),
            "the query keeps more than 64 MiB: filter more, or group by fewer values");
}

TEST(InsightsQuery, CountsWhatItMatchedAndScanned) {
  auto parsed = Query::parse("filter level = 'ERROR' | stats count(*)");
  Execution execution(std::make_shared<const Query>(std::get<Query>(std::move(parsed))), {});
  for (const std::string& line : kLines) {
    ASSERT_TRUE(execution.add(runner::event_of(line, 1, 0)));
  }

  EXPECT_EQ(execution.statistics().scanned, 4U);
  EXPECT_EQ(execution.statistics().matched, 2U);
  EXPECT_EQ(execution.statistics().bytes, 237U);
}

TEST(InsightsQuery, IsToldFromAFilterPattern) {
  EXPECT_TRUE(looks_like_a_query("fields a"));
  EXPECT_TRUE(looks_like_a_query("  FILTER level = 'x'"));
  EXPECT_TRUE(looks_like_a_query("where x | limit 3"));
  EXPECT_TRUE(looks_like_a_query("anything | limit 3"));
  EXPECT_FALSE(looks_like_a_query("error -timeout"));
  EXPECT_FALSE(looks_like_a_query("fieldset"));
  EXPECT_FALSE(looks_like_a_query("{ $.a = 1 || $.b = 2 }"));
  EXPECT_FALSE(looks_like_a_query("[a = 1 || a = 2, b]"));
  EXPECT_FALSE(looks_like_a_query("%a|b%"));
  EXPECT_FALSE(looks_like_a_query("\"a | b\""));
  EXPECT_FALSE(looks_like_a_query(""));
}

}  // namespace
}  // namespace aloft::console::logs::insights
