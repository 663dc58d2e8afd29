// SPDX-License-Identifier: Apache-2.0
// The structure that the console's expression languages share: operands joined by AND, by OR and
// by nothing (which is AND), `!` before any of them, parentheses. AND binds tighter than OR.
//
// A language gives an `OperandReader`, which reads one operand and keeps it under a number:
//
//   Tree tree;
//   Parser parser(tokens, reader, tree);
//   const auto root = parser.parse();
//   if (!root) return parser.error();
//
// An operand may itself hold an expression in braces: the reader then calls `block`.
//
// Thread-safety: one object a thread.
#pragma once

#include "console/expression/token.hpp"
#include "console/expression/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace aloft::console::expression {

class Parser;

class OperandReader {
 public:
  virtual ~OperandReader() = default;
  /// Reads the operand that begins at `parser.peek()`; its number, or nothing after `parser.fail`.
  virtual std::optional<std::uint32_t> read(Parser& parser) = 0;
};

class Parser {
 public:
  /// @param tokens  as `lex` made them; they, the reader and the tree outlive the parser.
  Parser(std::span<const Token> tokens, OperandReader& reader, Tree& tree, Limits limits = {});

  /// Everything up to the end; `error` says what is wrong when it gives nothing.
  std::optional<NodeId> parse();
  const SyntaxError& error() const noexcept { return error_; }

  // For readers.
  const Token& peek() const noexcept { return tokens_[at_]; }
  /// Never goes beyond the last token.
  Token take() noexcept;
  bool accept(TokenKind kind) noexcept;
  /// `message` is the error where another token stands.
  bool expect(TokenKind kind, std::string_view message) noexcept;
  /// `{ expression }`.
  std::optional<NodeId> block();
  std::nullopt_t fail(std::string_view message, std::size_t position) noexcept;

 private:
  std::optional<NodeId> expression(std::size_t open_position);
  std::optional<NodeId> conjunction();
  std::optional<NodeId> negated();
  std::optional<NodeId> parenthesis();
  std::optional<NodeId> operand();
  bool ends_here() const noexcept;
  bool close(TokenKind kind, const Token& open) noexcept;

  std::span<const Token> tokens_;
  OperandReader& reader_;
  Tree& tree_;
  Limits limits_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t operands_ = 0;
  SyntaxError error_;
};

}  // namespace aloft::console::expression
