// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter/term_reader.hpp"

#include "console/expression/compare.hpp"

#include <aloft/core/text.hpp>

#include <array>
#include <utility>

namespace aloft::console::xray {
namespace {

using expression::Operator;
using expression::TokenKind;

constexpr std::string_view kAnnotation = "annotation";
constexpr std::string_view kRootCause = "rootcause.";

bool same(std::string_view a, std::string_view b) noexcept {
  return text::equals_ignoring_case(a, b);
}

bool starts(std::string_view name, std::string_view prefix) noexcept {
  return same(name.substr(0, prefix.size()), prefix);
}

// What the language has and the console cannot answer, or what only looks like a keyword.
struct Refused {
  std::string_view prefix;
  std::string_view why;
};
constexpr std::array<Refused, 6> kRefused = {{
    {"group.", "this console has no groups: write the group's own expression instead"},
    {"group", "this console has no groups: write the group's own expression instead"},
    {"json", "root causes are compared by rootcause.json = #[ ... ]"},
    {"metadata", "metadata cannot be filtered: X-Ray indexes annotations only"},
    {"id", "id() stands within service() or edge()"},
    {"rootcause", "rootcause is followed by .fault, .error or .responsetime"},
}};

std::string_view refusal_of(std::string_view name) noexcept {
  for (const Refused& refused : kRefused) {
    const bool prefix = refused.prefix.back() == '.';
    if (prefix ? starts(name, refused.prefix) : same(name, refused.prefix)) return refused.why;
  }
  if (starts(name, "metadata.")) return kRefused[3].why;
  return "this is no keyword of filter expressions";
}

std::string_view missing_before(TokenKind kind) noexcept {
  switch (kind) {
    case TokenKind::text:
      return "a keyword and an operator are missing before this text";
    case TokenKind::number:
      return "a keyword and an operator are missing before this number";
    case TokenKind::compare:
      return "a keyword is missing before this operator";
    default:
      return "a keyword is missing here";
  }
}

// A name without quotes is a text: the guide's own examples have one.
std::optional<TermValue> value_of(const expression::Token& token) {
  TermValue value;
  value.text = token.text;
  switch (token.kind) {
    case TokenKind::text:
      return value;
    case TokenKind::number:
      value.kind = TermValue::Kind::number;
      value.number = token.number;
      return value;
    case TokenKind::name:
      value.truth = same(token.text, "true");
      if (value.truth || same(token.text, "false")) value.kind = TermValue::Kind::boolean;
      return value;
    default:
      return std::nullopt;
  }
}

bool refuse(expression::Parser& parser, std::string_view why, std::size_t position) noexcept {
  parser.fail(why, position);
  return false;
}

bool is_equality(Operator op) noexcept {
  return op == Operator::equal || op == Operator::not_equal;
}

}  // namespace

std::optional<std::uint32_t> TermReader::read(Parser& parser) {
  Term term;
  if (!read_term(parser, term)) return std::nullopt;
  const auto number = static_cast<std::uint32_t>(program_.terms.size());
  program_.terms.push_back(std::move(term));
  return number;
}

bool TermReader::read_term(Parser& parser, Term& term) {
  const Token token = parser.peek();
  if (token.kind != TokenKind::name) {
    return refuse(parser, missing_before(token.kind), token.position);
  }
  const std::string_view name = token.text;
  const bool annotation =
      same(name, kAnnotation) || (starts(name, kAnnotation) && name[kAnnotation.size()] == '.');
  const bool service = same(name, "service");
  const bool edge = same(name, "edge");
  const bool cause = starts(name, kRootCause);
  if ((annotation || service || edge || cause) && scope_ != Scope::trace) {
    return refuse(parser,
                  annotation ? "annotations cannot stand in braces; put this beside them"
                             : "this cannot stand in braces; put it beside them",
                  token.position);
  }
  if (annotation) return read_annotation(parser, term);
  if (service) return read_service(parser, term);
  if (edge) return read_edge(parser, term);
  if (cause) return read_cause(parser, term);
  if (const KeywordInfo* info = find_keyword(name)) return read_keyword(parser, *info, term);
  return refuse(parser, refusal_of(name), token.position);
}

bool TermReader::read_keyword(Parser& parser, const KeywordInfo& info, Term& term) {
  const Token token = parser.take();
  if (!info.stands_in(scope_)) return refuse(parser, info.elsewhere, token.position);
  term.keyword = info.keyword;
  term.type = info.type;
  if (info.keyword == Keyword::inferred) program_.needs_spans = true;
  const Token sign = parser.peek();
  if (sign.kind != TokenKind::compare) return true;
  if (info.type == KeywordType::boolean) return read_truth(parser, term);
  if (info.type == KeywordType::number && expression::is_part(sign.op)) {
    return refuse(parser, "this keyword is a number: use = != < <= > or >=", sign.position);
  }
  if (info.type == KeywordType::text && expression::is_order(sign.op)) {
    return refuse(parser, "this keyword is a text: use = != CONTAINS BEGINSWITH or ENDSWITH",
                  sign.position);
  }
  parser.take();
  const Token value = parser.peek();
  if (!read_comparison(parser, term)) return false;
  term.comparison->op = sign.op;
  const bool number = term.comparison->value.kind == TermValue::Kind::number;
  if (info.type == KeywordType::number && !number) {
    return refuse(parser, "this keyword is compared with a number", value.position);
  }
  if (info.type == KeywordType::text && number) {
    return refuse(parser, "this keyword is compared with a text in quotes", value.position);
  }
  return true;
}

bool TermReader::read_truth(Parser& parser, Term& term) {
  const Token sign = parser.take();
  if (!is_equality(sign.op)) {
    return refuse(parser, "this keyword is true or false: use = or !=", sign.position);
  }
  const Token token = parser.take();
  const bool truth = same(token.text, "true");
  const bool word = token.kind == TokenKind::name || token.kind == TokenKind::text;
  if (!word || (!truth && !same(token.text, "false"))) {
    return refuse(parser, "true or false is missing here", token.position);
  }
  term.comparison.emplace();
  term.comparison->op = sign.op;
  term.comparison->value.kind = TermValue::Kind::boolean;
  term.comparison->value.truth = truth;
  return true;
}

// The value; the operator is the caller's.
bool TermReader::read_comparison(Parser& parser, Term& term) {
  const Token token = parser.peek();
  auto value = value_of(token);
  if (!value) return refuse(parser, "a value is missing here", token.position);
  parser.take();
  term.comparison.emplace();
  term.comparison->value = std::move(*value);
  return true;
}

bool TermReader::read_annotation(Parser& parser, Term& term) {
  const Token token = parser.take();
  term.kind = Term::Kind::annotation;
  if (token.text.size() > kAnnotation.size()) {
    term.key = token.text.substr(kAnnotation.size() + 1);
    if (term.key.empty()) {
      return refuse(parser, "the annotation's key is missing", token.position);
    }
  } else if (!read_bracketed_key(parser, term)) {
    return false;
  }
  const Token sign = parser.peek();
  if (!parser.accept(TokenKind::compare)) return true;
  const std::size_t at = parser.peek().position;
  if (!read_comparison(parser, term)) return false;
  term.comparison->op = sign.op;
  switch (term.comparison->value.kind) {
    case TermValue::Kind::text:
      if (!expression::is_order(sign.op)) return true;
      return refuse(parser, "only numbers have an order; this is a text", at);
    case TermValue::Kind::number:
      if (!expression::is_part(sign.op)) return true;
      return refuse(parser, "only texts have parts; put this in quotes", at);
    case TermValue::Kind::boolean:
      if (is_equality(sign.op)) return true;
      return refuse(parser, "true and false are compared by = or !=", at);
  }
  return false;
}

// Whatever stands between the brackets, or a text in quotes.
bool TermReader::read_bracketed_key(Parser& parser, Term& term) {
  const Token open = parser.peek();
  if (!parser.expect(TokenKind::open_bracket,
                     "a key must follow, as in annotation.key or annotation[key]")) {
    return false;
  }
  const Token first = parser.peek();
  std::size_t tokens = 0;
  while (parser.peek().kind != TokenKind::close_bracket) {
    if (parser.peek().kind == TokenKind::end) {
      return refuse(parser, "this bracket is not closed", open.position);
    }
    parser.take();
    ++tokens;
  }
  const std::size_t begin = open.position + 1;
  const Token close = parser.take();
  term.key = text::trim(source_.substr(begin, close.position - begin));
  if (tokens == 1 && first.kind == TokenKind::text) term.key = first.text;
  if (!term.key.empty()) return true;
  return refuse(parser, "the annotation's key is missing", close.position);
}

bool TermReader::read_service(Parser& parser, Term& term) {
  term.kind = Term::Kind::service;
  program_.needs_spans = true;
  parser.take();
  return parser.expect(TokenKind::open_paren,
                       "a parenthesis must follow, as in service(\"name\")") &&
         read_pattern(parser, term.to) &&
         parser.expect(TokenKind::close_paren, "a closing parenthesis is missing here") &&
         read_block(parser, Scope::service, term);
}

bool TermReader::read_edge(Parser& parser, Term& term) {
  term.kind = Term::Kind::edge;
  program_.needs_spans = true;
  parser.take();
  if (!parser.expect(TokenKind::open_paren,
                     "a parenthesis must follow, as in edge(\"from\", \"to\")") ||
      !read_pattern(parser, term.from)) {
    return false;
  }
  if (parser.accept(TokenKind::comma) && !read_pattern(parser, term.to)) return false;
  return parser.expect(TokenKind::close_paren, "a closing parenthesis is missing here") &&
         read_block(parser, Scope::edge, term);
}

bool TermReader::read_pattern(Parser& parser, NodePattern& pattern) {
  const Token token = parser.peek();
  switch (token.kind) {
    case TokenKind::text:
      pattern.name = parser.take().text;
      return true;
    case TokenKind::star:
      parser.take();
      return true;
    case TokenKind::comma:
    case TokenKind::close_paren:
      return true;
    case TokenKind::name:
      if (same(token.text, "id")) return read_id(parser, pattern);
      break;
    default:
      break;
  }
  return refuse(parser, "a name in quotes, id( ), * or nothing can stand here", token.position);
}

bool TermReader::read_id(Parser& parser, NodePattern& pattern) {
  parser.take();
  if (!parser.expect(TokenKind::open_paren, "a parenthesis must follow, as in id(name: \"a\")")) {
    return false;
  }
  do {
    const Token member = parser.take();
    std::optional<std::string>* const part = same(member.text, "name")         ? &pattern.name
                                             : same(member.text, "type")       ? &pattern.type
                                             : same(member.text, "account.id") ? &pattern.account
                                                                               : nullptr;
    if (member.kind != TokenKind::name || part == nullptr) {
      return refuse(parser, "name:, type: or account.id: is missing here", member.position);
    }
    if (!parser.expect(TokenKind::colon, "a colon is missing here")) return false;
    const Token value = parser.take();
    if (value.kind != TokenKind::text) {
      return refuse(parser, "a text in quotes is missing here", value.position);
    }
    *part = value.text;
  } while (parser.accept(TokenKind::comma));
  return parser.expect(TokenKind::close_paren, "a closing parenthesis is missing here");
}

bool TermReader::read_cause(Parser& parser, Term& term) {
  static constexpr std::array<std::pair<std::string_view, CauseKind>, 3> kKinds = {{
      {"fault.", CauseKind::fault},
      {"error.", CauseKind::error},
      {"responsetime.", CauseKind::response_time},
  }};
  const Token token = parser.take();
  program_.needs_spans = true;
  std::string_view rest = token.text.substr(kRootCause.size());
  if (same(rest, "json")) return read_cause_json(parser, term);
  term.kind = Term::Kind::cause;
  for (const auto& [prefix, kind] : kKinds) {
    if (!starts(rest, prefix)) continue;
    rest.remove_prefix(prefix.size());
    term.cause = kind;
    const bool time = kind == CauseKind::response_time;
    if (same(rest, "service")) return read_block(parser, Scope::cause_service, term);
    if (same(rest, "entity")) {
      return read_block(parser, time ? Scope::time_entity : Scope::cause_entity, term);
    }
    if (!same(rest, "exception")) break;
    if (!time) return read_block(parser, Scope::cause_exception, term);
    return refuse(parser, "root causes of response times have no exceptions", token.position);
  }
  return refuse(
      parser,
      "rootcause is followed by .fault, .error or .responsetime, that by .service, .entity "
      "or .exception; or by .json",
      token.position);
}

bool TermReader::read_cause_json(Parser& parser, Term& term) {
  term.kind = Term::Kind::cause_json;
  const Token sign = parser.peek();
  if (!parser.accept(TokenKind::compare) || !is_equality(sign.op)) {
    return refuse(parser, "= or != is missing here", sign.position);
  }
  const Token json = parser.take();
  if (json.kind != TokenKind::json) {
    return refuse(parser, "# and a list of root causes are missing here", json.position);
  }
  auto wanted = parse_wanted_causes(json.text);
  if (!wanted) {
    return refuse(parser, "this is no JSON list of root causes with Services", json.position);
  }
  term.wanted = std::move(*wanted);
  term.comparison.emplace().op = sign.op;
  return true;
}

bool TermReader::read_block(Parser& parser, Scope scope, Term& term) {
  term.elements = scope;
  if (parser.peek().kind != TokenKind::open_brace) return true;
  const Scope outer = std::exchange(scope_, scope);
  const auto block = parser.block();
  scope_ = outer;
  if (block) term.block = *block;
  return block.has_value();
}

}  // namespace aloft::console::xray
