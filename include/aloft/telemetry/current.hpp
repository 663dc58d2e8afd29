// SPDX-License-Identifier: Apache-2.0
// Opt-in sugar: the current span of this thread, for code that cannot be given one.
//
// The library itself never sets it. A scope makes a span current and puts the former one back; the
// functions below act on the current span and are harmless when there is none.
//
//   CurrentSpan scope(request_span);
//   annotate("items", 3);              // three calls down
//   log(get_trace_id());
//
// A scope belongs to the thread and the stack frame it was made in: never let one live across a
// suspension point of a coroutine, unless its promise is a `CurrentSpanPromise`
// (telemetry/coroutine.hpp). The span must outlive the scope.
// Thread-safety: each thread has its own.
#pragma once

#include <aloft/telemetry/span.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {

namespace detail {
/// A link of a thread's chain of scopes. Scopes and not spans, for one span may be current by two.
struct Scope {
  Span* span;
  Scope* former;
};
/// For telemetry/coroutine.hpp: puts `scope` (or none) in the place of the innermost one.
Scope* exchange_scope(Scope* scope) noexcept;
}  // namespace detail

class [[nodiscard]] CurrentSpan {
 public:
  explicit CurrentSpan(Span& span) noexcept;
  ~CurrentSpan();
  CurrentSpan(const CurrentSpan&) = delete;
  CurrentSpan& operator=(const CurrentSpan&) = delete;

 private:
  detail::Scope scope_;
};

/// Null when no scope is alive on this thread.
Span* current_span() noexcept;

/// "1-67891233-abcdef012345678912345678", or empty when there is no span.
std::string get_trace_id();
/// "53995c3f42cd8ad8", or empty when there is no span.
std::string get_span_id();
void annotate(std::string_view key, Value value) noexcept;
void add_metadata(std::string_view name_space, std::string_view key, Value value) noexcept;
void set_error(std::string_view type, std::string_view message) noexcept;
void set_error(const Error& error) noexcept;
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
void set_error(const std::exception& error) noexcept;
#endif

}  // namespace v0
}  // namespace aloft
