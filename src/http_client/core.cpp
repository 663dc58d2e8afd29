// SPDX-License-Identifier: Apache-2.0
// The sender's side: from a request to the queue. The thread's side is in core_thread.cpp.
#include "http_client/core.hpp"

#include "core/blocked_signals.hpp"
#include "core/fork_epoch.hpp"
#include "http_client/request_check.hpp"

#include <algorithm>
#include <condition_variable>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

/// Where the answer of a blocking `send` is put, also when nobody waits for it any more.
struct Answer {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<Result<ClientResponse>> result;
};

}  // namespace

Outcome Client::Core::no_memory() noexcept {
  // Short enough to need no memory itself.
  return {&ClientStats::refused_system, fail(ErrorCode::resource_exhausted, "system is full")};
}

Client::Core::Core(ClientOptions options, Platform platform)
    : options_(std::move(options)), platform_(platform), fork_epoch_(detail::fork_epoch()) {}

Client::Core::~Core() {
  // Left over only when the thread could not be started: it would have cleaned up.
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
}

bool Client::Core::forked() const noexcept { return detail::fork_epoch() != fork_epoch_; }

bool Client::Core::on_own_thread() const {
  const std::lock_guard lock(mutex_);
  return thread_id_ == std::this_thread::get_id();
}

Deadline Client::Core::capped(Deadline deadline) const noexcept {
  return {std::min(deadline.at, Deadline::after(platform_.clock, options_.request_timeout).at)};
}

Result<ClientResponse> Client::Core::send_and_wait(const std::shared_ptr<Core>& self,
                                                   const ClientRequest& request,
                                                   Deadline deadline) {
  // The mutex of an inherited client may be locked for ever; `send` refuses without it.
  if (!self->forked() && self->on_own_thread()) {
    self->counters_.add(&ClientStats::refused_invalid);
    return fail(ErrorCode::unsupported, "a blocking send in a completion would wait for itself",
                "use the completion form there");
  }
  const Deadline until = self->capped(deadline);
  const auto answer = std::make_shared<Answer>();
  send(self, request, until, [answer](Result<ClientResponse> result) {
    const std::lock_guard lock(answer->mutex);
    answer->result.emplace(std::move(result));
    answer->came.notify_one();
  });
  Clock& clock = self->platform_.clock;
  std::unique_lock lock(answer->mutex);
  while (!answer->result) {
    // The thread notices by itself, too, unless a completion holds it up.
    if (until.passed(clock.steady_now())) {
      return fail(ErrorCode::deadline_exceeded, "no answer came before the deadline",
                  "find out why the callee is slow, or give it more time");
    }
    clock.wait_until(lock, answer->came, until.at);
  }
  return std::move(*answer->result);
}

void Client::Core::send(const std::shared_ptr<Core>& self, ClientRequest request, Deadline deadline,
                        Completion completion) {
  End end;
  try {
    end = accept(self, std::move(request), self->capped(deadline), completion);
  } catch (const std::bad_alloc&) {
    end = no_memory();
  }
  if (end) self->end(std::move(*end), std::move(completion));
}

void Client::Core::end(Outcome outcome, Completion completion) noexcept {
  counters_.add(outcome.counter);
  call(std::move(completion), std::move(outcome.result));
}

Client::Core::End Client::Core::accept(const std::shared_ptr<Core>& self, ClientRequest request,
                                       Deadline deadline, Completion& completion) {
  if (End end = self->check(request, deadline)) return end;
  Result<std::string> origin = check_request(request);
  if (!origin) return Outcome{&ClientStats::refused_invalid, unexpected(std::move(origin).error())};

  auto held = std::make_unique<Transfer>(TransferSettings{self->options_, self->counters_},
                                         std::move(request), std::move(*origin));
  held->deadline = deadline;
  if (!held->take_place()) {
    return Outcome{&ClientStats::refused_in_flight,
                   fail(ErrorCode::resource_exhausted, "too many requests are in flight",
                        "send less at once, or raise ClientOptions::in_flight_limit")};
  }
  if (!held->prepare()) return no_memory();
  return enqueue(self, std::move(held), completion);
}

Client::Core::End Client::Core::check(const ClientRequest& request, Deadline deadline) const {
  if (forked()) {
    return Outcome{&ClientStats::refused_stopped,
                   fail(ErrorCode::unavailable, "the client was made before a fork",
                        "make a new client in the child")};
  }
  if (request.body.size() > options_.request_body_limit_bytes) {
    return Outcome{&ClientStats::refused_body_length,
                   fail(ErrorCode::resource_exhausted, "the body of the request is above the limit",
                        "raise ClientOptions::request_body_limit_bytes, or send less")};
  }
  if (deadline.passed(platform_.clock.steady_now())) {
    return Outcome{&ClientStats::refused_deadline,
                   fail(ErrorCode::deadline_exceeded, "the deadline had passed before sending",
                        "give the caller more time, or do less before the call")};
  }
  return std::nullopt;
}

Client::Core::End Client::Core::enqueue(const std::shared_ptr<Core>& self, Held held,
                                        Completion& completion) {
  Core& core = *self;
  const std::lock_guard lock(core.mutex_);
  if (core.stopping_) {
    return Outcome{&ClientStats::refused_stopped,
                   fail(ErrorCode::cancelled, "the client is being destroyed",
                        "keep the client until its requests have ended")};
  }
  if (!core.thread_.joinable() && !start_thread(self)) return no_memory();
  core.submitted_.push_back(std::move(held));
  core.submitted_.back()->completion = std::move(completion);
  core.counters_.add(&ClientStats::requests);
  curl_multi_wakeup(core.multi_);
  core.paused_.notify_one();
  return std::nullopt;
}

bool Client::Core::start_thread(const std::shared_ptr<Core>& self) {
  Core& core = *self;
  core.active_.reserve(core.options_.in_flight_limit);
  if (core.multi_ == nullptr) core.multi_ = core.new_multi();
  if (core.multi_ == nullptr) return false;
  const detail::BlockedSignals blocked;
  try {
    core.thread_ = std::thread([self] { self->run(); });
    core.thread_id_ = core.thread_.get_id();
  } catch (...) {
    // No thread, or no memory for one: told by joinable(), below.
  }
  return core.thread_.joinable();
}

void Client::Core::call(Completion completion, Result<ClientResponse> result) noexcept {
  if (!completion) return;
  try {
    completion(std::move(result));
  } catch (...) {
    counters_.add(&ClientStats::completions_threw);
    platform_.diagnostics.report(ErrorCode::internal, "http_client",
                                 "a completion threw an exception: catch it inside");
  }
}

void Client::Core::request_stop() noexcept {
  if (forked()) return;
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (multi_ != nullptr) curl_multi_wakeup(multi_);
  paused_.notify_one();
}

bool Client::Core::stop() noexcept {
  if (forked()) return !thread_.joinable();
  request_stop();
  if (!thread_.joinable()) return true;
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
  return true;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
