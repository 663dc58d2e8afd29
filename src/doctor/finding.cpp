// SPDX-License-Identifier: Apache-2.0
#include "doctor/finding.hpp"

namespace aloft::doctor {

std::string Report::text() const {
  constexpr std::size_t kColumn = 13;  // the longest subject, and a blank
  std::string out;
  for (const Finding& finding : findings_) {
    const bool wrong = finding.verdict != Verdict::well;
    out += wrong ? "WRONG " : finding.note ? "note  " : "ok    ";
    out += finding.subject;
    if (finding.subject.size() < kColumn) out.append(kColumn - finding.subject.size(), ' ');
    out += finding.text + '\n';
    if (wrong && !finding.remedy.empty()) out += "      do: " + finding.remedy + '\n';
  }
  return out;
}

}  // namespace aloft::doctor
