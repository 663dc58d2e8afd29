// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/credentials.hpp>

#include <gtest/gtest.h>

#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace aloft::aws {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <typename T>
concept Textual = requires(const T& value) {
  to_string(value);
};

static_assert(!Printable<Secret> && !Printable<Credentials>);
static_assert(!Textual<Secret> && !Textual<Credentials>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, HoldsItsTextAndComparesIt) {
  const Secret one("hush");
  Secret same("other");
  same = one;

  EXPECT_EQ(one.reveal(), "hush");
  EXPECT_TRUE(one.same_as(same));
  EXPECT_FALSE(one.same_as(Secret("husk")));
  EXPECT_FALSE(one.same_as(Secret("hus")));
  EXPECT_TRUE(Secret().same_as(Secret("")));
}

TEST(Secret, IsGoneFromWhereItWasTaken) {
  std::string text = "a secret that is longer than a small buffer";

  const Secret taken = Secret::taken_from(text);

  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.data()[0], '\0');
  EXPECT_EQ(taken.size(), 43u);
}

TEST(Secret, WipesItsBytesWhenItEnds) {
  // The memory is ours, so that it may be looked at after the end.
  Secret secret("abcdef");
  char* const bytes = const_cast<char*>(secret.reveal().data());

  Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal().data(), bytes);  // moved, not copied
  wipe(bytes, 6);

  EXPECT_EQ(moved.reveal(), std::string_view("\0\0\0\0\0\0", 6));
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): just that is promised
}

TEST(Credentials, AreDescribedByTheirSourceAndTheEndOfTheKeyId) {
  Credentials who{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                  .secret_access_key = Secret("wJalr"),
                  .session_token = Secret("token"),
                  .source = "environment"};

  EXPECT_EQ(describe(who), "key ...MPLE of environment");
  who.access_key_id = "short";
  EXPECT_EQ(describe(who), "key ... of environment");
}

}  // namespace
}  // namespace aloft::aws
