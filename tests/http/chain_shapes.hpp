// SPDX-License-Identifier: Apache-2.0
// The three shapes of the guard chain behind one function, for the contract suite.
#pragma once

#include <aloft/http/chain.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/coroutine.hpp>
#include <aloft/http/request.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <future>
#include <thread>
#include <utility>

namespace aloft::http::shapes {

/// Makes the deadline pass.
using Expire = std::function<void()>;
/// What the test does while the request is under way.
using Meanwhile = std::function<void(Expire)>;

struct Call {
  const Chain& chain;
  const Handler& handler;
  Context& context;
  const Request& request;
  testing::ManualClock& clock;
  Meanwhile meanwhile;
};

inline Response onion(const Call& call) {
  std::promise<Response> answered;
  std::thread thread([&] {
    answered.set_value(http::call(call.chain, call.handler, call.context, call.request));
  });
  call.meanwhile([&] { call.clock.advance(std::chrono::hours(1)); });
  thread.join();
  return answered.get_future().get();
}

inline Response callback(const Call& call) {
  std::promise<Response> answered;
  RunHandle handle = run(
      call.chain, call.context, call.request,
      [&](Context& context, const Request& request, Answer answer) {
        answer.send(call.handler(context, request));
      },
      [&](Response response) { answered.set_value(std::move(response)); });
  call.meanwhile([&] { handle.expire(); });
  return answered.get_future().get();
}

/// The least a coroutine can return.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

inline Detached guarded(const Call& call, GuardedCall& guarded_call,
                        std::promise<Response>& answered) {
  const bool run_handler = co_await guarded_call.begin();
  if (run_handler) {
    try {
      guarded_call.answer(call.handler(call.context, call.request));
    } catch (...) {
      guarded_call.fail(std::current_exception());
    }
  }
  answered.set_value(guarded_call.finish());
}

inline Response coroutine(const Call& call) {
  std::promise<Response> answered;
  GuardedCall guarded_call(call.chain, call.context, call.request);
  guarded(call, guarded_call, answered);
  call.meanwhile([&] { guarded_call.expire(); });
  return answered.get_future().get();
}

}  // namespace aloft::http::shapes
