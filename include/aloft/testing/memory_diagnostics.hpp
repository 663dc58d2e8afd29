// SPDX-License-Identifier: Apache-2.0
// Keeps what the library said about itself.
//
// Thread-safety: all calls.
#pragma once

#include <aloft/core/diagnostics.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

class MemoryDiagnostics final : public Diagnostics {
 public:
  struct Report {
    ErrorCode code;
    std::string subject;
    std::string message;
  };
  void report(ErrorCode code, std::string_view subject,
              std::string_view message) noexcept override {
    const std::lock_guard lock(mutex_);
    reports_.push_back({code, std::string(subject), std::string(message)});
  }
  void announce(std::string_view subject, std::string_view message) noexcept override {
    const std::lock_guard lock(mutex_);
    announcements_.push_back(std::string(subject) + ": " + std::string(message));
  }
  /// "subject: message" of each.
  std::vector<std::string> announcements() const {
    const std::lock_guard lock(mutex_);
    return announcements_;
  }
  std::vector<Report> reports() const {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Report> reports_;
  std::vector<std::string> announcements_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
