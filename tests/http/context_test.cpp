// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/context.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace aloft::http {
namespace {

struct Account {
  std::string name;
};
struct Noted {
  explicit Noted(std::vector<int>& order, int number) : order_(order), number_(number) {}
  Noted(const Noted&) = delete;
  Noted& operator=(const Noted&) = delete;
  ~Noted() { order_.push_back(number_); }
  std::vector<int>& order_;
  int number_;
};

TEST(Context, FindsASlotByItsType) {
  Context context;
  context.emplace<Account>(Account{"acme"});
  context.emplace<int>(7);

  ASSERT_NE(context.find<Account>(), nullptr);
  EXPECT_EQ(context.find<Account>()->name, "acme");
  EXPECT_EQ(*context.find<int>(), 7);
  EXPECT_EQ(context.find<long>(), nullptr);
}

TEST(Context, ALaterSlotOfATypeHidesTheEarlier) {
  Context context;
  context.emplace<int>(1);
  context.emplace<int>(2);

  EXPECT_EQ(*context.find<int>(), 2);
}

TEST(Context, DestroysSlotsNewestFirst) {
  std::vector<int> order;
  {
    Context context;
    context.emplace<Noted>(order, 1);
    context.emplace<Noted>(order, 2);
  }

  EXPECT_EQ(order, (std::vector<int>{2, 1}));
}

TEST(Context, TakesSlotsLargerThanItsArena) {
  Context context;
  context.emplace<std::array<char, 4000>>()[3999] = 'x';
  context.emplace<double>(0.5);

  EXPECT_EQ((*context.find<std::array<char, 4000>>())[3999], 'x');
  EXPECT_EQ(*context.find<double>(), 0.5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(context.find<double>()) % alignof(double), 0u);
}

TEST(Context, KeepsPathParametersUpToItsLimit) {
  Context context;
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(context.add_param("p", "v"));

  EXPECT_FALSE(context.add_param("q", "v"));
  EXPECT_EQ(context.param("p"), "v");
  EXPECT_EQ(context.param("q"), "");
}

TEST(Context, HasASpanThatDoesNothing) {
  Context context;

  EXPECT_FALSE(context.span().recording());
  context.span().annotate("a", 1);
}

}  // namespace
}  // namespace aloft::http
