// SPDX-License-Identifier: Apache-2.0
// Exceptions as errors with their chain of causes; empty without exceptions and RTTI.
#include <aloft/telemetry/span.hpp>

#if defined(__cpp_exceptions) && defined(__cpp_rtti)

#include "telemetry/type_name.hpp"

#include <string_view>
#include <typeinfo>

namespace aloft {
inline namespace v0 {
namespace {

using detail::TypeName;

/// A chain longer than this is a loop or a mistake.
constexpr int kMaxCauses = 16;

/// Calls `visit(type, message)` with what caused `error`, and goes on to its cause.
template <typename Visit>
void walk_causes(const std::exception& error, int depth, Visit visit) noexcept {
  if (depth == kMaxCauses) return;
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& cause) {
    visit(TypeName(typeid(cause)).view(), std::string_view(cause.what()));
    walk_causes(cause, depth + 1, visit);
  } catch (...) {
    visit(std::string_view("unknown exception"), std::string_view());
  }
}

}  // namespace

void Span::record_exception(const std::exception& error, ErrorClass whose) noexcept {
  record_error(TypeName(typeid(error)).view(), error.what(), whose);
  walk_causes(error, 0, [this](std::string_view type, std::string_view message) {
    record_cause(type, message);
  });
}

void Span::record_exception(const std::exception_ptr& error, ErrorClass whose) noexcept {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    record_exception(known, whose);
  } catch (...) {
    record_error("unknown exception", {}, whose);
  }
}

}  // namespace v0
}  // namespace aloft

#endif
