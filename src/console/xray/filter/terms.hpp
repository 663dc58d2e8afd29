// SPDX-License-Identifier: Apache-2.0
// A filter expression that was read: terms, each one thing that a trace does or does not fulfil,
// and the tree that joins them.
//
// Thread-safety: plain values.
#pragma once

#include "console/expression/token.hpp"
#include "console/expression/tree.hpp"
#include "console/xray/filter/keywords.hpp"
#include "console/xray/root_causes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::xray {

struct TermValue {
  enum class Kind : std::uint8_t { text, number, boolean };
  Kind kind = Kind::text;
  std::string text;
  double number = 0;
  bool truth = false;
};

struct Comparison {
  expression::Operator op = expression::Operator::equal;
  TermValue value;
};

/// A name, an `id(…)`, or nothing, which is every node.
struct NodePattern {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> account;

  bool matches(std::string_view node_name, std::string_view node_type) const;
};

/// One of the list of `rootcause.json`: what it names must be so, in this order and number.
struct WantedService {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::vector<std::string>> path;
};
using WantedCause = std::vector<WantedService>;

/// What `rootcause.json` is compared with, or nothing when it is no list of causes.
std::optional<std::vector<WantedCause>> parse_wanted_causes(std::string_view json);
bool is_wanted(const RootCause& cause, const WantedCause& wanted);

struct Term {
  enum class Kind : std::uint8_t { keyword, annotation, service, edge, cause, cause_json };
  Kind kind = Kind::keyword;
  Keyword keyword = Keyword::ok;
  KeywordType type = KeywordType::boolean;
  std::optional<Comparison> comparison;  ///< nothing: is it true, is it set
  std::string key;                       ///< of the annotation
  NodePattern from;                      ///< of an edge
  NodePattern to;                        ///< of an edge or a service
  CauseKind cause = CauseKind::fault;
  Scope elements = Scope::cause_service;           ///< of a root cause
  std::vector<WantedCause> wanted;                 ///< of `rootcause.json`
  expression::NodeId block = expression::kNoNode;  ///< what stands in braces
};

struct Program {
  expression::Tree tree;
  expression::NodeId root = expression::kNoNode;
  std::vector<Term> terms;
  bool needs_spans = false;
};

}  // namespace aloft::console::xray
