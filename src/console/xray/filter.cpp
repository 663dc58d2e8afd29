// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter.hpp"

#include "console/expression/parser.hpp"
#include "console/xray/filter/evaluation.hpp"
#include "console/xray/filter/term_reader.hpp"

#include <utility>
#include <vector>

namespace aloft::console::xray {

using expression::SyntaxError;

std::variant<Filter, SyntaxError> Filter::parse(std::string_view source) {
  auto lexed = expression::lex(source, {});
  if (const auto* wrong = std::get_if<SyntaxError>(&lexed)) return *wrong;
  const auto& tokens = std::get<std::vector<expression::Token>>(lexed);
  Filter filter;
  if (tokens.size() == 1) return filter;
  auto program = std::make_shared<Program>();
  TermReader reader(source, *program);
  expression::Parser parser(tokens, reader, program->tree);
  const auto root = parser.parse();
  if (!root) return parser.error();
  program->root = *root;
  filter.program_ = std::move(program);
  return filter;
}

FoldDepth Filter::depth() const noexcept {
  return program_ && program_->needs_spans ? FoldDepth::spans : FoldDepth::summary;
}

bool Filter::matches(const TraceFold& trace) const {
  return program_ == nullptr || Evaluation(*program_, trace).holds();
}

}  // namespace aloft::console::xray
