// SPDX-License-Identifier: Apache-2.0
// What the client's thread does: it drives the connections, ends what is done or late, and sleeps.
#include "http_client/core.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

constexpr std::chrono::milliseconds kPause(10);

}  // namespace

void Client::Core::run() noexcept {
  idle_since_ = platform_.clock.steady_now();
  while (take_submitted()) {
    start_waiting();
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) {
      settle_all(&Transfer::broken_by_us);
      pause();
    }
    settle_done();
    settle_late();
    if (!may_start_more_ || waiting_.empty()) wait();
  }
  settle_all(&Transfer::cancel);
  replace_multi(nullptr);
}

/// Senders look at the handle under the mutex; the farewells to the peers are said outside it.
void Client::Core::replace_multi(CURLM* fresh) noexcept {
  CURLM* old = nullptr;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(multi_, fresh);
  }
  curl_multi_cleanup(old);
}

/// False when the client is being destroyed; what was queued is among the active ones then, too.
bool Client::Core::take_submitted() noexcept {
  std::vector<Held> taken;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(submitted_);
    stopping = stopping_;
  }
  for (Held& held : taken) admit(std::move(held));
  return !stopping;
}

void Client::Core::admit(Held held) noexcept {
  earliest_deadline_ = std::min(earliest_deadline_, held->deadline.at);
  held->index = active_.size();
  Transfer& transfer = *held;
  active_.push_back(std::move(held));  // never more than were reserved: each has a place
  try {
    waiting_.push_back(&transfer);
    may_start_more_ = true;
  } catch (const std::bad_alloc&) {
    settle(take(transfer), transfer.broken_by_us());
  }
}

bool Client::Core::may_start(const Transfer& transfer) const {
  if (active_.size() - waiting_.size() >= options_.connections_limit) return false;
  const auto running = running_by_host_.find(transfer.host);
  return running == running_by_host_.end() || running->second < options_.connections_per_host_limit;
}

/// The longest waiting first, past those whose host is busy. libcurl has limits of its own, but
/// forgets to wake a request that waits for one (7.88: until its connect timeout).
void Client::Core::start_waiting() noexcept {
  if (!std::exchange(may_start_more_, false)) return;
  for (std::size_t i = 0; i < waiting_.size();) {
    Transfer& transfer = *waiting_[i];
    if (!may_start(transfer)) {
      if (active_.size() - waiting_.size() >= options_.connections_limit) return;
      ++i;
      continue;
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    if (!start(transfer)) settle(take(transfer), transfer.broken_by_us());
  }
}

bool Client::Core::start(Transfer& transfer) {
  try {
    ++running_by_host_[transfer.host];
  } catch (const std::bad_alloc&) {
    return false;
  }
  transfer.running = true;
  return curl_multi_add_handle(multi_, transfer.handle()) == CURLM_OK;
}

void Client::Core::settle_done() noexcept {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the handle's removal
    Held held = take(Transfer::of(message->easy_handle));
    Outcome outcome = held->finish(code);
    settle(std::move(held), std::move(outcome));
  }
}

void Client::Core::settle_late() noexcept {
  const SteadyTime now = platform_.clock.steady_now();
  if (now < earliest_deadline_) return;
  for (std::size_t i = 0; i < active_.size();) {
    if (!active_[i]->deadline.passed(now)) {
      ++i;
      continue;
    }
    Held held = take(*active_[i]);  // another one takes its index
    Outcome outcome = held->time_out();
    settle(std::move(held), std::move(outcome));
  }
  earliest_deadline_ = SteadyTime::max();
  for (const Held& held : active_) {
    earliest_deadline_ = std::min(earliest_deadline_, held->deadline.at);
  }
}

Client::Core::Held Client::Core::take(Transfer& transfer) noexcept {
  if (transfer.running) {
    curl_multi_remove_handle(multi_, transfer.handle());
    const auto running = running_by_host_.find(transfer.host);
    if (--running->second == 0) running_by_host_.erase(running);
    may_start_more_ = true;
  } else {
    std::erase(waiting_, &transfer);
  }
  const std::size_t index = transfer.index;
  Held held = std::move(active_[index]);
  if (index + 1 < active_.size()) {
    active_[index] = std::move(active_.back());
    active_[index]->index = index;
  }
  active_.pop_back();
  if (active_.empty()) {
    earliest_deadline_ = SteadyTime::max();
    idle_since_ = platform_.clock.steady_now();
  }
  return held;
}

/// Counted and let go before the completion runs, so that it sees both and may send again.
void Client::Core::settle(Held held, Outcome outcome) noexcept {
  Completion completion = std::move(held->completion);
  held.reset();
  end(std::move(outcome), std::move(completion));
}

void Client::Core::settle_all(Outcome (Transfer::*how)() const) noexcept {
  while (!active_.empty()) {
    Held held = take(*active_.back());
    Outcome outcome = (*held.*how)();
    settle(std::move(held), std::move(outcome));
  }
}

/// The system could not wait for the sockets: the thread looks again soon, and burns no core
/// should that last. Senders and `stop` wake it sooner.
void Client::Core::pause() noexcept {
  counters_.add(&ClientStats::waits_failed);
  std::unique_lock lock(mutex_);
  if (stopping_ || !submitted_.empty()) return;
  platform_.clock.wait_until(lock, paused_, platform_.clock.steady_now() + kPause);
}

void Client::Core::wait() noexcept {
  if (curl_multi_poll(multi_, nullptr, 0, wait_milliseconds(), nullptr) != CURLM_OK) {
    return pause();
  }
  if (active_.empty() && counters_.get(&ClientStats::open_connections) > 0 &&
      platform_.clock.steady_now() - idle_since_ >= options_.idle_connection_lifetime) {
    close_idle_connections();
  }
}

/// Until the first deadline; when idle until the connections are too old, or somebody sends.
int Client::Core::wait_milliseconds() const noexcept {
  constexpr int kNoLimit = std::numeric_limits<int>::max();
  Deadline until{earliest_deadline_};
  if (active_.empty()) {
    until = counters_.get(&ClientStats::open_connections) > 0
                ? Deadline{idle_since_ + options_.idle_connection_lifetime}
                : Deadline::never();
  }
  if (until == Deadline::never()) return kNoLimit;
  const Nanoseconds left = until.left(platform_.clock.steady_now());
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(rounded, 0, kNoLimit));
}

/// libcurl closes old connections only when it looks for one, so an idle client would hold on to
/// them until its peers close. A new multi handle has none.
void Client::Core::close_idle_connections() noexcept {
  CURLM* const fresh = new_multi();
  if (fresh == nullptr) {
    idle_since_ = platform_.clock.steady_now();
    return;
  }
  replace_multi(fresh);
}

CURLM* Client::Core::new_multi() const noexcept {
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) return nullptr;
  const auto set = [multi](CURLMoption option, std::size_t value) {
    curl_multi_setopt(multi, option, static_cast<long>(value));
  };
  // No more requests than this run: it makes libcurl close an idle connection for a new one.
  set(CURLMOPT_MAX_TOTAL_CONNECTIONS, options_.connections_limit);
  set(CURLMOPT_MAXCONNECTS, options_.connections_limit);
  return multi;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
