// SPDX-License-Identifier: Apache-2.0
#include "console/expression/parser.hpp"

#include <vector>

namespace aloft::console::expression {

Parser::Parser(std::span<const Token> tokens, OperandReader& reader, Tree& tree, Limits limits)
    : tokens_(tokens), reader_(reader), tree_(tree), limits_(limits) {}

std::optional<NodeId> Parser::parse() {
  const auto root = expression(0);
  if (!root) return std::nullopt;
  switch (peek().kind) {
    case TokenKind::end:
      return root;
    case TokenKind::close_paren:
      return fail("this parenthesis closes nothing", peek().position);
    case TokenKind::close_brace:
      return fail("this brace closes nothing", peek().position);
    default:
      return fail("this has no meaning here", peek().position);
  }
}

Token Parser::take() noexcept {
  const Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::accept(TokenKind kind) noexcept {
  if (peek().kind != kind) return false;
  take();
  return true;
}

bool Parser::expect(TokenKind kind, std::string_view message) noexcept {
  if (accept(kind)) return true;
  fail(message, peek().position);
  return false;
}

std::optional<NodeId> Parser::block() {
  const Token open = peek();
  if (!expect(TokenKind::open_brace, "an expression in braces is missing here")) {
    return std::nullopt;
  }
  const auto inner = expression(open.position);
  if (!inner || !close(TokenKind::close_brace, open)) return std::nullopt;
  return inner;
}

std::nullopt_t Parser::fail(std::string_view message, std::size_t position) noexcept {
  error_ = {message, position};
  return std::nullopt;
}

std::optional<NodeId> Parser::expression(std::size_t open_position) {
  if (depth_ >= limits_.depth) {
    return fail("too many parentheses and braces within each other", open_position);
  }
  ++depth_;
  std::vector<NodeId> choices;
  do {
    const auto one = conjunction();
    if (!one) return std::nullopt;
    choices.push_back(*one);
  } while (accept(TokenKind::disjunction));
  --depth_;
  return tree_.add_list(NodeKind::any, choices);
}

std::optional<NodeId> Parser::conjunction() {
  std::vector<NodeId> parts;
  do {
    const auto one = negated();
    if (!one) return std::nullopt;
    parts.push_back(*one);
  } while (accept(TokenKind::conjunction) || !ends_here());
  return tree_.add_list(NodeKind::all, parts);
}

// What follows an operand without being joined to it.
bool Parser::ends_here() const noexcept {
  switch (peek().kind) {
    case TokenKind::end:
    case TokenKind::disjunction:
    case TokenKind::close_paren:
    case TokenKind::close_brace:
      return true;
    default:
      return false;
  }
}

std::optional<NodeId> Parser::negated() {
  bool negation = false;
  while (accept(TokenKind::negation)) negation = !negation;
  const auto inner = peek().kind == TokenKind::open_paren ? parenthesis() : operand();
  if (!inner || !negation) return inner;
  return tree_.add_negation(*inner);
}

std::optional<NodeId> Parser::parenthesis() {
  const Token open = take();
  const auto inner = expression(open.position);
  if (!inner || !close(TokenKind::close_paren, open)) return std::nullopt;
  return inner;
}

bool Parser::close(TokenKind kind, const Token& open) noexcept {
  if (accept(kind)) return true;
  if (peek().kind == TokenKind::end) {
    fail(kind == TokenKind::close_paren ? "this parenthesis is not closed"
                                        : "this brace is not closed",
         open.position);
  } else {
    fail(kind == TokenKind::close_paren ? "a closing parenthesis is missing here"
                                        : "a closing brace is missing here",
         peek().position);
  }
  return false;
}

std::optional<NodeId> Parser::operand() {
  if (peek().kind == TokenKind::end) {
    return fail("the expression ends where something must follow", peek().position);
  }
  if (ends_here() || peek().kind == TokenKind::conjunction) {
    return fail("something is missing before this", peek().position);
  }
  if (++operands_ > limits_.operands) {
    return fail("the expression has too many parts; this one is too much", peek().position);
  }
  const auto number = reader_.read(*this);
  if (!number) return std::nullopt;
  return tree_.add_operand(*number);
}

}  // namespace aloft::console::expression
