// SPDX-License-Identifier: Apache-2.0
// What the doctor found out: one line each, and for what is wrong a second one with what to do.
//
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::doctor {

/// The program's exit codes: the first thing that is wrong. Stable; docs/guides/ask-the-doctor.md.
enum class Verdict : std::uint8_t {
  well = 0,
  usage = 2,
  bad_settings = 10,         ///< a variable, profile or file cannot be used
  no_region = 11,            ///< nothing says which region
  no_credentials = 12,       ///< no source of credentials is set up
  broken_credentials = 13,   ///< the source that is set up does not work
  bad_endpoint = 14,         ///< the region or configured url makes no endpoint
  unreachable = 15,          ///< no connection to the endpoint
  clock_wrong = 16,          ///< this machine's clock is minutes off
  credentials_refused = 17,  ///< AWS does not know them, or they have expired
  not_allowed = 18,          ///< a permission is missing; the line names the action
  nobody_listens = 19,       ///< no daemon, console or collector at its address
  service_trouble = 20,      ///< AWS answered, but not as it should
  bad_folder = 21,           ///< ALOFT_KEEP_ON_DISK cannot be used
};

struct Finding {
  Verdict verdict = Verdict::well;
  std::string subject{};  ///< "region", "credentials", …
  std::string text{};
  std::string remedy{};  ///< what to do; only when something is wrong
  bool note = false;     ///< worth knowing, neither right nor wrong
};

class Report {
 public:
  void good(std::string_view subject, std::string text) { add(Verdict::well, subject, text, {}); }
  void note(std::string_view subject, std::string text) {
    add(Verdict::well, subject, text, {});
    findings_.back().note = true;
  }
  void bad(Verdict verdict, std::string_view subject, std::string text, std::string remedy) {
    add(verdict, subject, text, remedy);
  }
  /// The first thing that is wrong, or `well`.
  Verdict verdict() const noexcept {
    for (const Finding& finding : findings_) {
      if (finding.verdict != Verdict::well) return finding.verdict;
    }
    return Verdict::well;
  }
  const std::vector<Finding>& findings() const noexcept { return findings_; }
  /// A line for each finding, and one for each remedy.
  std::string text() const;

 private:
  void add(Verdict verdict, std::string_view subject, const std::string& text,
           const std::string& remedy) {
    findings_.push_back({verdict, std::string(subject), text, remedy, false});
  }
  std::vector<Finding> findings_;
};

}  // namespace aloft::doctor
