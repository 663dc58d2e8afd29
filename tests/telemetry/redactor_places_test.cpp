// SPDX-License-Identifier: Apache-2.0
// Values that stand apart from the key that tells what they are.
#include "telemetry/redactor_fixture.hpp"
#include "telemetry/redactor_policy_fixture.hpp"
#include "telemetry/redactor_positives.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace aloft {
namespace {

class RedactorPlaces : public RedactorTest {};
class RedactorPlacesOfLogs : public PolicyFixture {};

TEST_F(RedactorPlaces, AreFoundApartFromTheirKey) {
  constexpr Positive kApart[] = {
      {"<a><password>tulip 77</password></a>", "<a><password>[redacted:credential]</password></a>"},
      {"<s:Cvv>908</s:Cvv>", "<s:Cvv>[redacted:cvv]</s:Cvv>"},
      {"<pwd><![CDATA[a<b]]></pwd>", "<pwd><![CDATA[[redacted:credential]]]></pwd>"},
      {"INSERT INTO u (id, password, cvv) VALUES (7, 'it''s, 1', 908), (8, 'b', '907')",
       "INSERT INTO u (id, password, cvv) VALUES (7, '[redacted:credential]', [redacted:cvv]), "
       "(8, '[redacted:credential]', '[redacted:cvv]')"},
      {"INSERT INTO `u` (`id`, `pin`) VALUES (7, 8042)",
       "INSERT INTO `u` (`id`, `pin`) VALUES (7, [redacted:pin])"},
      {"CREATE USER bo IDENTIFIED BY 'tulip'",
       "CREATE USER bo IDENTIFIED BY '[redacted:credential]'"},
      {"WHERE pin IN ('8042', '1357')", "WHERE pin IN ('[redacted:pin]', '[redacted:pin]')"},
      {"WHERE pin NOT IN ('8042')", "WHERE pin NOT IN ('[redacted:pin]')"},
      {"WHERE pin LIKE '8042'", "WHERE pin LIKE '[redacted:pin]'"},
      {"dump --user bo --password tulip shop",
       "dump --user bo --password [redacted:credential] shop"},
      {"dump --api-key \"a b c\" shop", "dump --api-key \"[redacted:credential]\" shop"},
      {"curl -u bo:tulip https://a.example", "curl -u [redacted:userinfo] https://a.example"},
      {R"([{"name":"DB_PASSWORD","value":"tulip"}])",
       R"([{"name":"DB_PASSWORD","value":"[redacted:credential]"}])"},
      {R"({"Key" : "cvv", "Value" : "908"})", R"({"Key" : "cvv", "Value" : "[redacted:cvv]"})"},
      {"Set-Cookie: sid=\"tulip\"; Path=/", "Set-Cookie: [redacted:credential]"},
      {R"({"h":"Cookie: a=b","n":1})", R"({"h":"Cookie: [redacted:credential]","n":1})"},
      {"cc[0]=4012&cc[1]=8888&cc[2]=8888&cc[3]=1881",
       "cc[0]=[redacted:pan]&cc[1]=[redacted:pan]&cc[2]=[redacted:pan]&cc[3]=[redacted:pan]"},
  };
  for (const Positive& positive : kApart) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorPlacesOfLogs, AreFoundInPersonalTexts) {
  EXPECT_EQ(
      clean("INSERT INTO u (first_name,passwd) values ('Annabel','tulip')"),
      "INSERT INTO u (first_name,passwd) values ('[redacted:personal]','[redacted:credential]')");
  EXPECT_EQ(clean("<first_name>Annabel</first_name>"),
            "<first_name>[redacted:personal]</first_name>");
  EXPECT_EQ(clean("root:tulip@tcp(127.0.0.1:3306)/shop"),
            "[redacted:userinfo]@tcp(127.0.0.1:3306)/shop");
}

TEST_F(RedactorPlacesOfLogs, EndWhereALiteralEndsNotAtAMarkBehindABackslash) {
  EXPECT_EQ(clean(R"(INSERT INTO u (password) VALUES ('tu\'lip', 7))"),
            "INSERT INTO u (password) VALUES ('[redacted:credential]', 7)");
}

TEST_F(RedactorPlaces, OfOtherNamesStay) {
  for (const std::string_view text : {"<author>bo</author>",
                                      "usage: login <password> <user>",
                                      "std::map<int, Token> all</b>",
                                      "List<Password> all = read();</x>",
                                      "<password/>",
                                      "<password></password>",
                                      "INSERT INTO t (id, author) VALUES (7, 'bo')",
                                      "INSERT INTO password_resets (id) VALUES (1)",
                                      "INSERT INTO u (password) VALUES (?)",
                                      "INSERT INTO u (password) VALUES (NULL)",
                                      "WHERE n IN ('8042')",
                                      "git log --author bo -n 3",
                                      "ps -u root",
                                      "dump --password --user bo",
                                      R"({"name":"author","value":"bo"})",
                                      R"({"n":"cvv","value":"908"})",
                                      "values (1, 2)",
                                      "(",
                                      ">",
                                      "IN (",
                                      "IN",
                                      "--password",
                                      "-u bo",
                                      "Inside (a)",
                                      "LIKE 'a'"}) {
    EXPECT_EQ(clean(text), text);
  }
}

}  // namespace
}  // namespace aloft
