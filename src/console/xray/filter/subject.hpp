// SPDX-License-Identifier: Apache-2.0
// What a part of a filter expression is about, and what the keywords say of it.
//
// Thread-safety: plain value, pure functions.
#pragma once

#include "console/xray/filter/keywords.hpp"
#include "console/xray/root_causes.hpp"
#include "console/xray/trace_fold.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace aloft::console::xray {

struct Subject {
  Scope scope = Scope::trace;
  const TraceFold* trace = nullptr;  ///< always
  /// Of a service: its segment, or the call that nobody answered. Of an edge: the caller's view.
  const TraceSpan* span = nullptr;
  const CauseService* service = nullptr;
  const CauseEntity* entity = nullptr;
  const SpanException* exception = nullptr;
  std::size_t index = 0;  ///< of the element of a root cause
  bool last = false;
};

bool truth_of(Keyword keyword, const Subject& subject);
/// Nothing when the subject does not have it.
std::optional<double> number_of(Keyword keyword, const Subject& subject);
/// Whether one of the texts under the keyword passes; a missing one does not.
bool any_text_of(Keyword keyword, const Subject& subject,
                 const std::function<bool(std::string_view)>& passes);

}  // namespace aloft::console::xray
