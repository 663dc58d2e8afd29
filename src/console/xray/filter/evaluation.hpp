// SPDX-License-Identifier: Apache-2.0
// Asks one trace whether it fulfils a filter expression.
//
// Thread-safety: one object a trace and thread.
#pragma once

#include "console/xray/filter/subject.hpp"
#include "console/xray/filter/terms.hpp"
#include "console/xray/root_causes.hpp"
#include "console/xray/trace_fold.hpp"

#include <array>
#include <optional>
#include <vector>

namespace aloft::console::xray {

class Evaluation {
 public:
  /// Both outlive it.
  Evaluation(const Program& program, const TraceFold& trace) noexcept
      : program_(program), trace_(trace) {}

  bool holds() { return holds(program_.root, Subject{.trace = &trace_}); }

 private:
  bool holds(expression::NodeId node, const Subject& subject);
  bool term_holds(const Term& term, const Subject& subject);
  /// The part in braces, or true when there is none.
  bool block_holds(const Term& term, const Subject& subject);
  bool keyword_holds(const Term& term, const Subject& subject) const;
  bool annotation_holds(const Term& term) const;
  bool service_holds(const Term& term);
  bool edge_holds(const Term& term);
  bool edge_to_segment_holds(const Term& term, std::uint32_t callee);
  bool cause_holds(const Term& term);
  bool elements_hold(const Term& term, const RootCause& cause);
  bool cause_json_holds(const Term& term);
  const std::vector<RootCause>& causes(CauseKind kind);

  const Program& program_;
  const TraceFold& trace_;
  std::array<std::optional<std::vector<RootCause>>, 3> causes_;
};

}  // namespace aloft::console::xray
