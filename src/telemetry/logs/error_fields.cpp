// SPDX-License-Identifier: Apache-2.0
// Errors and exceptions as objects of a line.
#include <aloft/telemetry/log_field.hpp>

#include "telemetry/type_name.hpp"

#include <string>

namespace aloft {
inline namespace v0 {

void LogField::write_error(LogObject& object, const void* erased) {
  const auto& error = *static_cast<const Error*>(erased);
  object.add("code", to_string(error.code));
  object.add("message", error.message);
  if (!error.remedy.empty()) object.add("remedy", error.remedy);
}

void LogField::write_error_code(LogObject& object, const void* erased) {
  const auto& error = *static_cast<const std::error_code*>(erased);
  object.add("category", std::string_view(error.category().name()));
  object.add("code", error.value());
  object.add("message", error.message());
}

#if defined(__cpp_exceptions) && defined(__cpp_rtti)

namespace {

struct Thrown {
  const std::exception& error;
};

void describe(LogObject& object, const Thrown& thrown) {
  object.add("type", detail::TypeName(typeid(thrown.error)).view());
  object.add("message", std::string_view(thrown.error.what()));
  try {
    std::rethrow_if_nested(thrown.error);
  } catch (const std::exception& cause) {
    object.add("cause", Thrown{cause});
  } catch (...) {
    object.add("cause", "unknown exception");
  }
}

}  // namespace

void LogField::write_exception(LogObject& object, const void* erased) {
  describe(object, Thrown{*static_cast<const std::exception*>(erased)});
}

void LogField::write_exception_ptr(LogObject& object, const void* erased) {
  const auto& error = *static_cast<const std::exception_ptr*>(erased);
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    write_exception(object, &known);
  } catch (...) {
    object.add("type", "unknown exception");
  }
}

#endif

}  // namespace v0
}  // namespace aloft
