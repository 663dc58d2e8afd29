// SPDX-License-Identifier: Apache-2.0
// Reads the terms of X-Ray's filter expressions; `expression::Parser` reads what joins them.
//
// Thread-safety: one object a thread.
#pragma once

#include "console/expression/parser.hpp"
#include "console/xray/filter/terms.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft::console::xray {

class TermReader : public expression::OperandReader {
 public:
  /// @param source  the whole expression; a key in brackets is read from it.
  TermReader(std::string_view source, Program& program) noexcept
      : source_(source), program_(program) {}

  std::optional<std::uint32_t> read(expression::Parser& parser) override;

 private:
  using Parser = expression::Parser;
  using Token = expression::Token;

  bool read_term(Parser& parser, Term& term);
  bool read_keyword(Parser& parser, const KeywordInfo& info, Term& term);
  bool read_truth(Parser& parser, Term& term);
  bool read_annotation(Parser& parser, Term& term);
  bool read_bracketed_key(Parser& parser, Term& term);
  bool read_comparison(Parser& parser, Term& term);
  bool read_service(Parser& parser, Term& term);
  bool read_edge(Parser& parser, Term& term);
  static bool read_pattern(Parser& parser, NodePattern& pattern);
  static bool read_id(Parser& parser, NodePattern& pattern);
  bool read_cause(Parser& parser, Term& term);
  static bool read_cause_json(Parser& parser, Term& term);
  bool read_block(Parser& parser, Scope scope, Term& term);

  std::string_view source_;
  Program& program_;
  Scope scope_ = Scope::trace;
};

}  // namespace aloft::console::xray
