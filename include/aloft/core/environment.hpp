// SPDX-License-Identifier: Apache-2.0
// The process's environment, read in one file and passed on as a value.
//
// Every variable the library reads is in the table of `src/core/environment_variables.cpp` and in
// `docs/configuration.md`; a test holds the two together. Tests pass their own set:
//
//   Environment::of({{"AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"}})
//
// Thread-safety: plain value; `from_process` must not race with `setenv`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {

class Environment {
 public:
  /// Reads every variable of the table now; later changes are not seen.
  static Environment from_process();
  static Environment of(std::vector<std::pair<std::string, std::string>> variables);

  /// Nothing when unset or empty.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// `1 true yes on` and `0 false no off`, ignoring case; `otherwise` when unset or neither.
  bool flag(std::string_view name, bool otherwise) const noexcept;

 private:
  std::vector<std::pair<std::string, std::string>> variables_;
};

}  // namespace v0
}  // namespace aloft
