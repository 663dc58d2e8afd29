// SPDX-License-Identifier: Apache-2.0
// The name of a type as people write it; asks the C++ runtime, which may allocate.
#pragma once

#include <cxxabi.h>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace aloft {
inline namespace v0 {
namespace detail {

/// "std::runtime_error" instead of "St13runtime_error".
class TypeName {
 public:
  explicit TypeName(const std::type_info& type) noexcept : mangled_(type.name()) {
    int status = 0;
    readable_.reset(abi::__cxa_demangle(mangled_, nullptr, nullptr, &status));
  }
  std::string_view view() const noexcept { return readable_ ? readable_.get() : mangled_; }

 private:
  struct Free {
    void operator()(char* text) const noexcept { std::free(text); }
  };
  const char* mangled_;
  std::unique_ptr<char, Free> readable_;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
