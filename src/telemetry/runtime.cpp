// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/record.hpp>

namespace aloft {
inline namespace v0 {
namespace {

/// "12.2.0" of "12.2.0 20220819 (Some Linux)".
constexpr std::string_view number_of(std::string_view version) noexcept {
  return version.substr(0, version.find(' '));
}

constexpr RuntimeInfo kThisRuntime = {
    .name = "C++",
    // The last draft before C++23 counts as C++20, whatever a compiler has of the next.
    .version = __cplusplus > 202002L ? "23" : "20",
#if defined(__clang__)
    .compiler = "Clang",
    .compiler_version = number_of(__clang_version__),
#else
    .compiler = "GCC",
    .compiler_version = number_of(__VERSION__),
#endif
};

}  // namespace

const RuntimeInfo& this_runtime() noexcept { return kThisRuntime; }

}  // namespace v0
}  // namespace aloft
