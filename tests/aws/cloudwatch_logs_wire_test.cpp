// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/cloudwatch_logs_wire.hpp>

#include "aws/logs_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <set>
#include <thread>

namespace aloft::aws {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Pair;
using ::testing::SizeIs;
using CloudWatchLogs = LogsWireTest;

TEST_F(CloudWatchLogs, MakesStreamAndGroupOnlyWhenAPutMissesThem) {
  open();
  add(1ms, "text");

  const Answer first = send();
  const Answer created = create();
  const Answer second = send();

  EXPECT_EQ(first.failure, Failure::missing);
  EXPECT_EQ(created.failure, std::nullopt) << created.message;
  EXPECT_EQ(second.failure, std::nullopt) << second.message;
  EXPECT_THAT(fake_->ledger().lines, ElementsAre(Pair("text", 1)));
  EXPECT_THAT(
      fake_->ledger().log_calls,
      ElementsAre(Pair("CreateLogGroup", 1), Pair("CreateLogStream", 2), Pair("PutLogEvents", 2)));
  EXPECT_THAT(*group().streams.begin(),
              MatchesRegex("20[0-9]{2}/[01][0-9]/[0-3][0-9]/[^/:*]+/[0-9a-f]{16}"));
}

TEST_F(CloudWatchLogs, GivesAGroupThatItMakesRetentionKeyClassAndTags) {
  open({.group = "g",
        .stream = "s",
        .retention_days = 30,
        .kms_key_id = "arn:aws:kms:eu-west-1:1:key/1",
        .group_class = LogGroupClass::infrequent_access,
        .tags = {{"team", "payments"}, {"cost center", "4711"}}});

  const Answer answer = create();

  EXPECT_EQ(answer.failure, std::nullopt) << answer.message;
  EXPECT_EQ(group("g").retention_days, 30);
  EXPECT_EQ(group("g").kms_key_id, "arn:aws:kms:eu-west-1:1:key/1");
  EXPECT_EQ(group("g").group_class, "INFREQUENT_ACCESS");
  EXPECT_THAT(group("g").tags, ElementsAre(Pair("cost center", "4711"), Pair("team", "payments")));
  EXPECT_THAT(group("g").streams, ElementsAre("s"));
}

TEST_F(CloudWatchLogs, LeavesAGroupThatExistsAsItIs) {
  open({.group = "g", .stream = "one"});
  ASSERT_EQ(create().failure, std::nullopt);
  open({.group = "g", .stream = "two", .retention_days = 30});

  const Answer answer = create();

  EXPECT_EQ(answer.failure, std::nullopt) << answer.message;
  EXPECT_EQ(group("g").retention_days, 0);
  EXPECT_THAT(group("g").streams, ElementsAre("one", "two"));
  EXPECT_EQ(calls("PutRetentionPolicy"), 0u);
}

TEST_F(CloudWatchLogs, TakesWhatExistsAlreadyForMade) {
  open({.group = "g", .stream = "s"});
  ASSERT_EQ(create().failure, std::nullopt);

  EXPECT_EQ(create().failure, std::nullopt);
}

TEST_F(CloudWatchLogs, AsksAgainWhenSomebodyElseMakesTheGroup) {
  open({.group = "g", .stream = "s"});
  fake_->next({Fault::none, Fault::aborted});

  const Answer first = create();
  const Answer second = create();

  EXPECT_EQ(first.failure, Failure::transient);
  EXPECT_EQ(second.failure, std::nullopt) << second.message;
}

TEST_F(CloudWatchLogs, SetsTheRetentionLaterWhenItCouldNotBeSetAtOnce) {
  open({.group = "g", .stream = "s", .retention_days = 7});
  fake_->next({Fault::none, Fault::none, Fault::none, Fault::throttle});

  const Answer created = create();
  ASSERT_EQ(group("g").retention_days, 0);
  add(1ms, "text");
  const Answer sent = send();

  EXPECT_EQ(created.failure, std::nullopt) << "lines do not wait for it";
  EXPECT_EQ(sent.failure, std::nullopt) << sent.message;
  const Deadline soon = patience();
  while (group("g").retention_days == 0 && !soon.passed(Clock::system().steady_now())) {
    std::this_thread::yield();
  }
  EXPECT_EQ(group("g").retention_days, 7);
}

TEST_F(CloudWatchLogs, SetsTheRetentionOfAGroupWhoseCreationHadNoAnswer) {
  open({.group = "g", .stream = "s", .retention_days = 7});
  fake_->next({Fault::none, Fault::reset_after});

  const Answer first = create();
  const Answer second = create();

  EXPECT_EQ(first.failure, Failure::transient);
  EXPECT_EQ(second.failure, std::nullopt) << second.message;
  EXPECT_EQ(group("g").retention_days, 7);
}

TEST_F(CloudWatchLogs, SaysThatAGroupKeepsLinesForEver) {
  open();

  create();

  EXPECT_THAT(said_.announcements(), ElementsAre(HasSubstr("keeps lines for ever")));
}

TEST_F(CloudWatchLogs, SendsLinesAlsoWhenItMayNotSetTheRetention) {
  int group_calls = 0;
  const FakeService logs([&](const SeenRequest& request) {
    const std::string target = request.field("x-amz-target");
    if (target == "Logs_20140328.PutRetentionPolicy") {
      return reply(400, R"({"__type":"AccessDeniedException","message":"hush"})");
    }
    if (target == "Logs_20140328.CreateLogStream" && group_calls == 0) {
      return reply(400, R"({"__type":"ResourceNotFoundException"})");
    }
    group_calls += target == "Logs_20140328.CreateLogGroup" ? 1 : 0;
    return reply(200, "");
  });
  auto made =
      cloudwatch_logs_wire({.group = "g", .retention_days = 1}, clients(logs.url()), platform());
  ASSERT_TRUE(made);
  wire_ = std::move(*made);

  EXPECT_EQ(create().failure, std::nullopt);
  EXPECT_EQ(create().failure, std::nullopt);
  EXPECT_EQ(logs.seen().size(), 5u) << "the retention is not tried again";
  EXPECT_THAT(reported(), ElementsAre(HasSubstr("the role needs logs:PutRetentionPolicy")));
}

TEST_F(CloudWatchLogs, MakesNothingWhenItIsNotTo) {
  open({.group = "g", .create = false});

  const Answer answer = create();

  EXPECT_EQ(answer.failure, std::nullopt) << "the put finds out whether somebody has made it";
  EXPECT_EQ(fake_->ledger().requests, 0u);
}

TEST_F(CloudWatchLogs, PutsABatchInTheOrderOfTime) {
  open();
  create();
  add(1s, "third");
  add(1h, "first");
  add(1min, "second");

  EXPECT_EQ(send().failure, std::nullopt);

  std::vector<std::string> texts;
  for (const testing::FakeLogEvent& event : fake_->ledger().log_events) {
    texts.push_back(event.message);
  }
  EXPECT_THAT(texts, ElementsAre("first", "second", "third"));
}

TEST_F(CloudWatchLogs, RefusesEventsOutsideOfTheWindowsAlone) {
  open({.group = "/aloft/payments", .stream = "s", .retention_days = 3});
  create();
  add(-3h, "from the future");
  add(1ms, "good");
  add(std::chrono::hours(24 * 4), "older than the retention");
  add(std::chrono::hours(24 * 15), "older than 14 days");

  const Answer answer = send();

  ASSERT_EQ(answer.failure, std::nullopt) << answer.message;
  ASSERT_THAT(answer.refusals, SizeIs(3));
  std::map<std::size_t, Reason> by_index;
  for (const delivery::Refusal& one : answer.refusals) by_index[one.index] = one.reason;
  EXPECT_THAT(by_index, ElementsAre(Pair(0, Reason::invalid), Pair(2, Reason::expired),
                                    Pair(3, Reason::expired)));
  EXPECT_THAT(fake_->ledger().lines, ElementsAre(Pair("good", 1)));
  EXPECT_THAT(reported(), ElementsAre(HasSubstr("is a clock wrong?")));
}

TEST_F(CloudWatchLogs, TakesWhatWasAcceptedBeforeForAccepted) {
  open();
  create();
  add(1ms, "text");
  fake_->next({Fault::accepted_before});

  const Answer answer = send();

  EXPECT_EQ(answer.failure, std::nullopt);
  EXPECT_THAT(answer.refusals, IsEmpty());
}

TEST_F(CloudWatchLogs, JudgesEachFault) {
  struct Case {
    Fault fault;
    Failure failure;
    bool maybe_received;
  };
  open();
  create();
  add(1ms, "text");
  for (const Case& one : {Case{Fault::throttle, Failure::throttled, false},
                          Case{Fault::server_error, Failure::transient, false},
                          Case{Fault::unavailable, Failure::transient, false},
                          Case{Fault::reset_after, Failure::transient, true},
                          Case{Fault::reset_before, Failure::transient, true},
                          Case{Fault::half_answer, Failure::transient, true},
                          Case{Fault::missing, Failure::missing, false}}) {
    fake_->next({one.fault});

    const Answer answer = send();

    EXPECT_EQ(answer.failure, one.failure) << static_cast<int>(one.fault);
    EXPECT_EQ(answer.maybe_received, one.maybe_received) << static_cast<int>(one.fault);
  }
}

TEST_F(CloudWatchLogs, NamesThePermissionThatIsMissing) {
  const FakeService logs([](const SeenRequest&) {
    return reply(400, R"({"__type":"AccessDeniedException","message":"hush is not authorized"})");
  });
  auto made = cloudwatch_logs_wire({.group = "g"}, clients(logs.url()), platform());
  ASSERT_TRUE(made);
  wire_ = std::move(*made);
  add(1ms, "text");

  const Answer put = send();
  const Answer created = create();

  EXPECT_EQ(put.failure, Failure::unauthorized);
  EXPECT_THAT(put.message, HasSubstr("the role needs logs:PutLogEvents"));
  EXPECT_EQ(created.failure, Failure::unauthorized);
  EXPECT_THAT(created.message, HasSubstr("the role needs logs:CreateLogStream"));
}

TEST_F(CloudWatchLogs, CompressesWhenItIsTo) {
  const FakeService logs([](const SeenRequest&) { return reply(200, "{}"); });
  auto made =
      cloudwatch_logs_wire({.group = "g", .stream = "s", .gzip = true}, clients(logs.url()));
  ASSERT_TRUE(made);
  wire_ = std::move(*made);
  const std::string text(1'000, 'x');
  add(1ms, text);

  EXPECT_EQ(send().failure, std::nullopt);

  ASSERT_THAT(logs.seen(), SizeIs(1));
  const SeenRequest seen = logs.seen()[0];
  EXPECT_EQ(seen.field("content-encoding"), "gzip");
  std::string unpacked(4'096, '\0');
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string packed = seen.body;
  void* in = packed.data();
  void* out = unpacked.data();
  stream.next_in = static_cast<Bytef*>(in);
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = static_cast<Bytef*>(out);
  stream.avail_out = static_cast<uInt>(unpacked.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  unpacked.resize(stream.total_out);
  EXPECT_LT(packed.size(), text.size());
  EXPECT_THAT(unpacked, HasSubstr("\"message\":\"" + text + "\""));
}

TEST_F(CloudWatchLogs, RefusesNamesAndOptionsThatAwsWouldRefuse) {
  const std::string long_name(513, 'g');
  for (const CloudWatchLogsOptions& options :
       {CloudWatchLogsOptions{}, CloudWatchLogsOptions{.group = "aws/x"},
        CloudWatchLogsOptions{.group = "a b"}, CloudWatchLogsOptions{.group = long_name},
        CloudWatchLogsOptions{.group = "g", .stream = "a:b"},
        CloudWatchLogsOptions{.group = "g", .stream = "a*b"},
        CloudWatchLogsOptions{.group = "g", .stream = long_name},
        CloudWatchLogsOptions{.group = "g", .retention_days = 2},
        CloudWatchLogsOptions{.group = "g", .kms_key_id = std::string(257, 'k')},
        CloudWatchLogsOptions{.group = "g", .tags = {{"aws:x", ""}}},
        CloudWatchLogsOptions{.group = "g", .tags = {{"", "v"}}},
        CloudWatchLogsOptions{.group = "g", .tags = {{"k", "<"}}},
        CloudWatchLogsOptions{.group = "g", .tags = {51, {"k", "v"}}}}) {
    const auto made = make(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(make({.group = std::string(512, '#'), .stream = std::string(512, 's')}));
}

TEST_F(CloudWatchLogs, HasTheLimitsOfTheApi) {
  open();

  const delivery::Limits limits = wire_->limits();

  EXPECT_EQ(limits.batch_records, 10'000u);
  EXPECT_EQ(limits.batch_bytes, 523'264u);
  EXPECT_EQ(limits.record_bytes, 500'000u);
  EXPECT_EQ(limits.record_overhead_bytes, 26u);
  EXPECT_LT(limits.longest_span, 24h);
  EXPECT_EQ(limits.oldest, std::chrono::hours(24 * 14));
}

#if !defined(__SANITIZE_THREAD__)
TEST_F(CloudWatchLogs, WritesToAStreamOfItsOwnInTheChildOfAFork) {
  open();
  create();
  add(1ms, "of the parent");
  ASSERT_EQ(send().failure, std::nullopt);

  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    records_[0].payload = "of the child";
    const bool missed = send().failure == Failure::missing;
    const bool made = !create().failure;
    ::_exit(missed && made && !send().failure ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  std::set<std::string> streams;
  for (const testing::FakeLogEvent& event : fake_->ledger().log_events) {
    streams.insert(event.stream);
  }
  EXPECT_THAT(streams, SizeIs(2));
}
#endif

}  // namespace
}  // namespace aloft::aws
