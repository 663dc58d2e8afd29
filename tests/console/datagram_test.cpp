// SPDX-License-Identifier: Apache-2.0
#include "console/datagram.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::console {
namespace {

std::string outcome(std::string_view datagram) {
  const auto split = split_datagram(datagram);
  if (const Reject* reason = std::get_if<Reject>(&split)) {
    return "rejected: " + std::string(to_string(*reason));
  }
  return std::string(std::get<std::string_view>(split));
}

TEST(Datagram, SplitsAtTheFirstNewline) {
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1}\n{\"a\":1}"), "{\"a\":1}");
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1}\n{\"a\":\n1}"), "{\"a\":\n1}");
}

TEST(Datagram, IgnoresTheCaseOfTheFormatAndUnknownMembers) {
  EXPECT_EQ(outcome("{\"format\":\"JSON\",\"version\":1}\n{}"), "{}");
  EXPECT_EQ(outcome("{ \"version\" : 1, \"x\": [1], \"format\" : \"Json\" }\r\n{}"), "{}");
  EXPECT_EQ(outcome("{\"format\": \"json\", \"version\": 1}\n{}"), "{}");
}

TEST(Datagram, CutsBlanksAroundTheDocument) {
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1}\n \t{}\n\n"), "{}");
}

TEST(Datagram, RefusesAWrongHeader) {
  for (const char* datagram :
       {"", "\n", "{}\n{}", "{\"format\":\"json\"}\n{}", "{\"version\":1}\n{}",
        "{\"format\":\"json\",\"version\":2}\n{}", "{\"format\":\"json\",\"version\":\"1\"}\n{}",
        "{\"format\":\"json\",\"version\":1.5}\n{}", "{\"format\":\"xml\",\"version\":1}\n{}",
        "{\"format\":\"json\",\"version\":1}", "[1]\n{}", "garbage\n{}",
        "{\"format\":\"json\",\"version\":1,\"x\":[[[[[[[[]]]]]]]]}\n{}"}) {
    EXPECT_EQ(outcome(datagram), "rejected: bad_header") << datagram;
  }
}

TEST(Datagram, RefusesAHeaderWithoutEnd) {
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1,\"x\":\"" + std::string(60'000, 'x')),
            "rejected: bad_header");
  EXPECT_EQ(outcome(std::string(60'000, ' ') + "\n{}"), "rejected: bad_header");
}

TEST(Datagram, RefusesAnEmptyBody) {
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1}\n"), "rejected: empty_body");
  EXPECT_EQ(outcome("{\"format\":\"json\",\"version\":1}\n \r\n"), "rejected: empty_body");
}

}  // namespace
}  // namespace aloft::console
