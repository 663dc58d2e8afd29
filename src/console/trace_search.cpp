// SPDX-License-Identifier: Apache-2.0
#include "console/trace_search.hpp"

#include "console/expression/compare.hpp"
#include "console/xray/filter/keywords.hpp"

#include <aloft/core/text.hpp>

#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using expression::Token;
using expression::TokenKind;
using xray::KeywordInfo;
using xray::KeywordType;

bool same(std::string_view a, std::string_view b) noexcept {
  return text::equals_ignoring_case(a, b);
}

bool starts(std::string_view name, std::string_view prefix) noexcept {
  return name.size() > prefix.size() && same(name.substr(0, prefix.size()), prefix);
}

// Looks at three tokens at a time; `text` is what they are of.
class Forms {
 public:
  Forms(std::string_view text, const std::vector<Token>& tokens) noexcept
      : text_(text), tokens_(tokens) {}

  bool any() const noexcept {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (begins_a_word(i) && is_form(i)) return true;
    }
    return false;
  }

 private:
  const Token& at(std::size_t i) const noexcept {
    return tokens_[i < tokens_.size() ? i : tokens_.size() - 1];
  }
  // Not within a word of the search, such as `=a.b` or `x:http.url`.
  bool begins_a_word(std::size_t i) const noexcept {
    if (tokens_[i].position == 0) return true;
    const char before = text_[tokens_[i].position - 1];
    return static_cast<unsigned char>(before) <= ' ' ||
           std::string_view("(!{})").find(before) != std::string_view::npos;
  }
  bool touches_next(std::size_t i) const noexcept {
    return tokens_[i].position + tokens_[i].text.size() == at(i + 1).position;
  }

  bool is_form(std::size_t i) const noexcept {
    const Token& token = tokens_[i];
    const Token& next = at(i + 1);
    if (token.kind == TokenKind::negation) {
      return touches_next(i) && next.kind == TokenKind::name &&
             xray::find_keyword(next.text) != nullptr;
    }
    if (token.kind != TokenKind::name) return false;
    if (same(token.text, "service") || same(token.text, "edge")) return is_call(i);
    if (same(token.text, "annotation")) return next.kind == TokenKind::open_bracket;
    if (same(token.text, "group.name") || same(token.text, "group.arn")) {
      return next.kind == TokenKind::compare;
    }
    if (starts(token.text, "annotation.") || starts(token.text, "rootcause.")) return true;
    const KeywordInfo* keyword = xray::find_keyword(token.text);
    return keyword != nullptr && keyword->stands_in(xray::Scope::trace) &&
           next.kind == TokenKind::compare && is_comparison(*keyword, i);
  }

  bool is_call(std::size_t i) const noexcept {
    if (at(i + 1).kind != TokenKind::open_paren) return false;
    const Token& first = at(i + 2);
    switch (first.kind) {
      case TokenKind::text:
      case TokenKind::close_paren:
      case TokenKind::comma:
      case TokenKind::star:
        return true;
      default:
        return first.kind == TokenKind::name && same(first.text, "id");
    }
  }

  bool is_comparison(const KeywordInfo& keyword, std::size_t i) const noexcept {
    const Token& sign = at(i + 1);
    const Token& value = at(i + 2);
    switch (keyword.type) {
      case KeywordType::text:
        return value.kind == TokenKind::text;
      case KeywordType::number: {
        // `duration>=0.5` is a word of the search.
        const bool word = keyword.keyword == xray::Keyword::duration && touches_next(i) &&
                          touches_next(i + 1) && expression::is_order(sign.op);
        return value.kind == TokenKind::number && !word;
      }
      case KeywordType::boolean:
        // `error=true` is an annotation that many SDKs write.
        return !touches_next(i) && (same(value.text, "true") || same(value.text, "false"));
    }
    return false;
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
};

// The words that people write in capitals to join expressions.
bool has_junction(const std::vector<Token>& tokens) noexcept {
  for (const Token& token : tokens) {
    const bool joins = token.kind == TokenKind::conjunction || token.kind == TokenKind::disjunction;
    if (joins && (token.text == "AND" || token.text == "OR")) return true;
  }
  return false;
}

// What the lexer makes of it up to where it cannot go on.
std::vector<Token> tokens_of(std::string_view text) {
  auto lexed = expression::lex(text, {.bytes = kMaxQueryBytes});
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&lexed)) {
    if (wrong->position >= text.size()) return {};
    return tokens_of(text.substr(0, wrong->position));
  }
  return std::get<std::vector<Token>>(std::move(lexed));
}

}  // namespace

std::variant<TraceSearch, QueryError> TraceSearch::parse(std::string_view text) {
  TraceSearch search;
  if (text.size() <= kMaxQueryBytes) {
    const std::vector<Token> tokens = tokens_of(text);
    const bool form = Forms(text, tokens).any();
    if (form || has_junction(tokens)) {
      auto filter = xray::Filter::parse(text);
      const auto* wrong = std::get_if<expression::SyntaxError>(&filter);
      if (form && wrong != nullptr) return QueryError{wrong->message, wrong->position};
      if (wrong == nullptr) {
        search.filter = std::get<xray::Filter>(std::move(filter));
        return search;
      }
    }
  }
  auto words = Query::parse(text);
  if (const auto* wrong = std::get_if<QueryError>(&words)) return *wrong;
  search.words = std::get<Query>(std::move(words));
  return search;
}

Result<TracePage> FilteredList::page(const ListOptions& options, Deadline deadline) const {
  // The end is one less than what a cursor holds, because the first cursor stands behind it.
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max() - 1;
  RangeOptions range{0, kLast, false, options.before, std::nullopt};
  TracePage page;
  xray::TraceFolder folder;
  bool looked = false;  // at least at one, so that whoever pages arrives
  for (bool more = true; more;) {
    const auto rows = store.range(range);
    if (!rows) return unexpected(rows.error());
    for (const RangeRow& row : *rows) {
      if (page.summaries.size() >= options.limit ||
          (looked && deadline.passed(clock.steady_now()))) {
        page.next = range.before;
        return page;
      }
      looked = true;
      range.before = row.at;
      auto detail = store.find(row.id);
      if (!detail) return unexpected(detail.error());
      if (!*detail) continue;  // evicted meanwhile
      if (!filter.matches(folder.fold(**detail, filter.depth()))) continue;
      page.summaries.push_back(std::move((**detail).summary));
    }
    more = rows->size() == kSliceTraces;
  }
  return page;
}

}  // namespace aloft::console
