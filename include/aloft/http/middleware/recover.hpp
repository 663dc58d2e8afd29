// SPDX-License-Identifier: Apache-2.0
// Turns an exception into a 500 that says nothing of it, so that one bad request costs one answer.
//
// The exception is recorded on the request's span (the redactor sees it there), counted, and
// reported to `Diagnostics` without its text: messages of exceptions quote payloads.
//
//   auto guard = recover(platform);
//   router.use(guard);
//   guard->caught();   // how many so far
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/http/guard.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http {

class Recover : public Guard {
 public:
  explicit Recover(Platform platform) noexcept : platform_(platform) {}
  GuardDecision begin(Context& context, const Request& request) override;
  void end(Context& context, const Request& request, Outcome& outcome) noexcept override;

  std::uint64_t caught() const noexcept { return caught_.load(std::memory_order_relaxed); }

 private:
  Platform platform_;
  std::atomic<std::uint64_t> caught_{0};
};

std::shared_ptr<Recover> recover(Platform platform = Platform::system());

}  // namespace http
}  // namespace v0
}  // namespace aloft
