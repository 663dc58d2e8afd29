// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/current.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

thread_local constinit detail::Scope* innermost = nullptr;

}  // namespace

CurrentSpan::CurrentSpan(Span& span) noexcept : scope_{&span, innermost} { innermost = &scope_; }
CurrentSpan::~CurrentSpan() {
  // Another one is innermost when the frame of a suspended coroutine is destroyed with its scope.
  if (innermost == &scope_) innermost = scope_.former;
}

Span* current_span() noexcept { return innermost != nullptr ? innermost->span : nullptr; }

detail::Scope* detail::exchange_scope(Scope* scope) noexcept {
  return std::exchange(innermost, scope);
}

std::string get_trace_id() {
  const Span* const current = current_span();
  if (current == nullptr || !current->trace_id().valid()) return {};
  return std::string(current->trace_id().xray_text().view());
}

std::string get_span_id() {
  const Span* const current = current_span();
  if (current == nullptr || !current->id().valid()) return {};
  return std::string(current->id().text().view());
}

void annotate(std::string_view key, Value value) noexcept {
  if (Span* const current = current_span()) current->annotate(key, value);
}

void add_metadata(std::string_view name_space, std::string_view key, Value value) noexcept {
  if (Span* const current = current_span()) current->add_metadata(name_space, key, value);
}

void set_error(std::string_view type, std::string_view message) noexcept {
  if (Span* const current = current_span()) current->set_error(type, message);
}

void set_error(const Error& error) noexcept {
  if (Span* const current = current_span()) current->set_error(error);
}

#if defined(__cpp_exceptions) && defined(__cpp_rtti)
void set_error(const std::exception& error) noexcept {
  if (Span* const current = current_span()) current->set_error(error);
}
#endif

}  // namespace v0
}  // namespace aloft
