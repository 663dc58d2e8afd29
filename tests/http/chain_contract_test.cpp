// SPDX-License-Identifier: Apache-2.0
// One contract, three shapes: what a guard may rely on, however the chain is driven.
#include "http/chain_shapes.hpp"

#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace aloft::http {
namespace {

using namespace std::chrono_literals;

using Shape = Response (*)(const shapes::Call&);
using Journal = std::vector<std::string>;

/// Writes down what is asked of it, and lets the request go on.
class Passing : public Guard {
 public:
  Passing(Journal& journal, std::string name) : journal_(journal), name_(std::move(name)) {}
  GuardDecision begin(Context&, const Request&) override {
    journal_.push_back("begin " + name_);
    return GuardDecision::proceed();
  }
  void end(Context&, const Request&, Outcome& outcome) noexcept override {
    journal_.push_back("end " + name_ + " " + std::to_string(outcome.status()));
  }

 protected:
  Journal& journal_;
  std::string name_;
};

class Refusing : public Passing {
 public:
  using Passing::Passing;
  GuardDecision begin(Context&, const Request&) override {
    journal_.push_back("begin " + name_);
    return GuardDecision::refuse(Response::text(403, "no"));
  }
};

class Throwing : public Passing {
 public:
  using Passing::Passing;
  GuardDecision begin(Context&, const Request&) override { throw std::runtime_error("secret"); }
};

/// Hands its completion to the test.
class Asking : public Passing {
 public:
  using Passing::Passing;
  GuardDecision begin(Context&, const Request&) override {
    journal_.push_back("begin " + name_);
    auto [decision, completion] = GuardDecision::pending();
    asked.set_value(std::move(completion));
    return std::move(decision);
  }
  std::promise<Completion> asked;
};

class ChainContract : public ::testing::TestWithParam<Shape> {
 protected:
  Response drive(shapes::Meanwhile meanwhile = [](shapes::Expire) {}) {
    return GetParam()({chain_, handler_, context_, request_, clock_, std::move(meanwhile)});
  }

  testing::ManualClock clock_;
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  Context context_{{clock_, random_, diagnostics_}};
  Request request_;
  Journal journal_;
  Chain chain_;
  Handler handler_ = [this](Context&, const Request&) {
    journal_.push_back("handler");
    return Response::text(201, "made");
  };

  void SetUp() override { context_.deadline = Deadline::after(clock_, 1s); }
};

TEST_P(ChainContract, RunsTheHandlerOfAnEmptyChain) {
  EXPECT_EQ(drive().status, 201);
  EXPECT_EQ(journal_, (Journal{"handler"}));
}

TEST_P(ChainContract, BeginsInOrderAndEndsInReverse) {
  chain_.use(std::make_shared<Passing>(journal_, "a"))
      .use(std::make_shared<Passing>(journal_, "b"));

  EXPECT_EQ(drive().body, "made");
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "handler", "end b 201", "end a 201"}));
}

TEST_P(ChainContract, ARefusalEndsOnlyTheGuardsBeforeIt) {
  chain_.use(std::make_shared<Passing>(journal_, "a"))
      .use(std::make_shared<Refusing>(journal_, "b"))
      .use(std::make_shared<Passing>(journal_, "c"));

  EXPECT_EQ(drive().status, 403);
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "end a 403"}));
}

TEST_P(ChainContract, AThrowingGuardEndsOnlyTheGuardsBeforeIt) {
  chain_.use(std::make_shared<Passing>(journal_, "a"))
      .use(std::make_shared<Throwing>(journal_, "b"));

  const Response response = drive();

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(journal_, (Journal{"begin a", "end a 500"}));
}

TEST_P(ChainContract, AThrowingHandlerIs500AndEndsEveryGuard) {
  handler_ = [](Context&, const Request&) -> Response { throw std::runtime_error("secret"); };
  chain_.use(std::make_shared<Passing>(journal_, "a"))
      .use(std::make_shared<Passing>(journal_, "b"));

  const Response response = drive();

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "end b 500", "end a 500"}));
}

TEST_P(ChainContract, APendingGuardMayLetTheRequestGoOn) {
  auto asking = std::make_shared<Asking>(journal_, "b");
  chain_.use(std::make_shared<Passing>(journal_, "a")).use(asking);

  const Response response = drive([&](const shapes::Expire&) {
    Completion completion = asking->asked.get_future().get();
    EXPECT_TRUE(completion.resolve(GuardDecision::proceed()));
    EXPECT_FALSE(completion.resolve(GuardDecision::proceed()));
  });

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "handler", "end b 201", "end a 201"}));
}

TEST_P(ChainContract, APendingGuardMayRefuse) {
  auto asking = std::make_shared<Asking>(journal_, "b");
  chain_.use(std::make_shared<Passing>(journal_, "a")).use(asking);

  const Response response = drive([&](const shapes::Expire&) {
    Completion completion = asking->asked.get_future().get();
    EXPECT_TRUE(completion.resolve(GuardDecision::refuse(Response::text(429, "slow down"))));
  });

  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "end a 429"}));
}

TEST_P(ChainContract, ADecisionAfterTheDeadlineIsToldThatNobodyWaits) {
  auto asking = std::make_shared<Asking>(journal_, "b");
  chain_.use(std::make_shared<Passing>(journal_, "a")).use(asking);
  std::optional<Completion> late;

  const Response response = drive([&](const shapes::Expire& expire) {
    late = asking->asked.get_future().get();
    expire();
  });

  EXPECT_EQ(response.status, 504);
  EXPECT_FALSE(late->resolve(GuardDecision::proceed()));
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "end a 504"}));
}

TEST_P(ChainContract, AForgottenCompletionIs500) {
  auto asking = std::make_shared<Asking>(journal_, "a");
  chain_.use(asking);

  const Response response = drive([&](const shapes::Expire&) { asking->asked.get_future().get(); });

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(journal_, (Journal{"begin a"}));
}

TEST_P(ChainContract, APendingDecisionCannotBePendingAgain) {
  auto asking = std::make_shared<Asking>(journal_, "a");
  chain_.use(asking);

  const Response response = drive([&](const shapes::Expire&) {
    Completion completion = asking->asked.get_future().get();
    completion.resolve(GuardDecision::pending().first);
  });

  EXPECT_EQ(response.status, 500);
}

TEST_P(ChainContract, SeveralPendingGuardsDecideOneAfterTheOther) {
  auto first = std::make_shared<Asking>(journal_, "a");
  auto second = std::make_shared<Asking>(journal_, "b");
  chain_.use(first).use(second);

  const Response response = drive([&](const shapes::Expire&) {
    Completion one = first->asked.get_future().get();
    one.resolve(GuardDecision::proceed());
    Completion two = second->asked.get_future().get();
    two.resolve(GuardDecision::proceed());
  });

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(journal_, (Journal{"begin a", "begin b", "handler", "end b 201", "end a 201"}));
}

TEST_P(ChainContract, EndMayChangeTheResponse) {
  struct Stamp : Guard {
    GuardDecision begin(Context&, const Request&) override { return GuardDecision::proceed(); }
    void end(Context&, const Request&, Outcome& outcome) noexcept override {
      outcome.response.status = 202;
    }
  };
  chain_.use(std::make_shared<Passing>(journal_, "a")).use(std::make_shared<Stamp>());

  EXPECT_EQ(drive().status, 202);
  EXPECT_EQ(journal_, (Journal{"begin a", "handler", "end a 202"}));
}

TEST_P(ChainContract, AddsTheContextsHeadersToEveryAnswer) {
  struct Tag : Guard {
    GuardDecision begin(Context& context, const Request&) override {
      context.response_headers.try_add("x-tag", "1");
      context.response_headers.try_add("set-cookie", "a=1");
      context.response_headers.try_add("set-cookie", "b=2");
      return GuardDecision::proceed();
    }
  };
  handler_ = [](Context&, const Request&) { return Response::text(200, "").with("x-tag", "0"); };
  chain_.use(std::make_shared<Tag>()).use(std::make_shared<Refusing>(journal_, "b"));

  const Response response = drive();

  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.count("x-tag"), 1u);
  EXPECT_EQ(response.headers.get("x-tag"), "1");
  EXPECT_EQ(response.headers.count("set-cookie"), 2u);
}

std::string shape_name(const ::testing::TestParamInfo<Shape>& shape) {
  static constexpr const char* kNames[] = {"Onion", "Callback", "Coroutine"};
  return kNames[shape.index];
}

INSTANTIATE_TEST_SUITE_P(Shapes, ChainContract,
                         ::testing::Values(&shapes::onion, &shapes::callback, &shapes::coroutine),
                         shape_name);

TEST(Callback, AnAnswerCountsOnceAndAForgottenOneIs500) {
  Chain chain;
  Context context;
  Request request;
  std::vector<int> statuses;
  std::optional<Answer> kept;
  bool second = true;

  run(
      chain, context, request,
      [&](Context&, const Request&, Answer answer) {
        answer.send(Response::empty(204));
        second = answer.send(Response::empty(200));
      },
      [&](Response response) { statuses.push_back(response.status); });
  run(
      chain, context, request, [](Context&, const Request&, Answer) {},
      [&](Response response) { statuses.push_back(response.status); });
  run(
      chain, context, request, [&](Context&, const Request&, Answer answer) { kept = answer; },
      [&](Response response) { statuses.push_back(response.status); });
  kept->fail(std::make_exception_ptr(std::runtime_error("secret")));

  EXPECT_FALSE(second);
  EXPECT_EQ(statuses, (std::vector<int>{204, 500, 500}));
}

TEST(Chain, WrapsAHandler) {
  Journal journal;
  Chain chain;
  chain.use(std::make_shared<Passing>(journal, "a"));
  const Handler guarded =
      wrap(std::move(chain), [](Context&, const Request&) { return Response::text(200, "ok"); });
  Context context;
  Request request;

  EXPECT_EQ(guarded(context, request).body, "ok");
  EXPECT_EQ(journal, (Journal{"begin a", "end a 200"}));
}

}  // namespace
}  // namespace aloft::http
