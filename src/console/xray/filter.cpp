// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter.hpp"

#include "console/xray/trace_fold.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace aloft::console::xray {
namespace {

constexpr std::string_view kNotYet =
    "Invalid FilterExpression: this console answers fault, error, throttle, ok, partial, "
    "service(\"name\"), annotation, user, http.method, http.url, http.status, duration and "
    "responsetime, joined by AND; the full language is not there yet";

bool is_word(char c) noexcept {
  return text::is_alnum(c) || c == '_' || c == '.' || c == '-' || c == ':';
}

bool same(std::string_view a, std::string_view b) noexcept {
  return text::equals_ignoring_case(a, b);
}

}  // namespace

// One pass over the text; `failed_` once something is not of the part that we know.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) noexcept : text_(text) {}

  std::optional<Filter> parse() {
    Filter filter;
    skip_blanks();
    while (at_ < text_.size()) {
      if (!filter.terms_.empty() && next_is_word("and")) skip_blanks();
      auto term = read_term();
      if (!term || filter.terms_.size() >= kMaxFilterTerms) return std::nullopt;
      filter.terms_.push_back(std::move(*term));
      skip_blanks();
    }
    return filter;
  }

 private:
  using Field = Filter::Field;
  using Operator = Filter::Operator;

  std::optional<Filter::Term> read_term() {
    Filter::Term term;
    if (take('!')) {
      term.negated = true;
      skip_blanks();
    }
    if (!read_field(term)) return std::nullopt;
    if (term.field <= Field::partial) return term;
    if (term.field == Field::service) {
      return read_service(term) ? std::optional(std::move(term)) : std::nullopt;
    }
    skip_blanks();
    if (!read_operator(term)) {
      // An annotation alone asks whether there is one.
      return term.field == Field::annotation ? std::optional(std::move(term)) : std::nullopt;
    }
    skip_blanks();
    if (!read_value(term)) return std::nullopt;
    const bool ordered = term.op >= Operator::less && term.op <= Operator::greater_or_equal;
    const bool numeric = term.field >= Field::status;
    const bool textual = term.field == Field::method || term.field == Field::url ||
                         term.field == Field::user || term.op >= Operator::contains;
    if ((ordered || numeric) && !term.is_number) return std::nullopt;
    if (textual && term.is_number) return std::nullopt;
    return term;
  }

  bool read_field(Filter::Term& term) {
    static constexpr std::array<std::pair<std::string_view, Field>, 12> kFields = {{
        {"fault", Field::fault},
        {"error", Field::error},
        {"throttle", Field::throttle},
        {"ok", Field::ok},
        {"partial", Field::partial},
        {"service", Field::service},
        {"http.method", Field::method},
        {"http.url", Field::url},
        {"user", Field::user},
        {"http.status", Field::status},
        {"duration", Field::duration},
        {"responsetime", Field::response_time},
    }};
    constexpr std::string_view kAnnotation = "annotation";
    const std::string_view word = read_word();
    for (const auto& [name, field] : kFields) {
      if (!same(word, name)) continue;
      term.field = field;
      return true;
    }
    if (!same(word.substr(0, kAnnotation.size()), kAnnotation)) return false;
    term.field = Field::annotation;
    std::string_view key = word.substr(kAnnotation.size());
    if (key.empty() && take('[')) {
      key = read_word();
      if (!take(']')) return false;
    } else if (!key.empty() && key.front() == '.') {
      key.remove_prefix(1);
    } else {
      return false;
    }
    term.key = key;
    return !term.key.empty();
  }

  bool read_service(Filter::Term& term) {
    skip_blanks();
    if (!take('(')) return false;
    skip_blanks();
    if (!read_quoted(term.text)) return false;
    skip_blanks();
    if (!take(')')) return false;
    skip_blanks();
    return at_ >= text_.size() || text_[at_] != '{';
  }

  bool read_operator(Filter::Term& term) {
    static constexpr std::array<std::pair<std::string_view, Operator>, 6> kSigns = {{
        {"!=", Operator::not_equal},
        {"<=", Operator::less_or_equal},
        {">=", Operator::greater_or_equal},
        {"=", Operator::equal},
        {"<", Operator::less},
        {">", Operator::greater},
    }};
    for (const auto& [sign, op] : kSigns) {
      if (text_.substr(at_, sign.size()) != sign) continue;
      at_ += sign.size();
      term.op = op;
      return true;
    }
    if (next_is_word("contains")) {
      term.op = Operator::contains;
    } else if (next_is_word("beginswith")) {
      term.op = Operator::begins_with;
    } else {
      return false;
    }
    return true;
  }

  bool read_value(Filter::Term& term) {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(term.text);
    const std::string_view word = read_word();
    if (same(word, "true") || same(word, "false")) {
      term.text = same(word, "true") ? "true" : "false";
      return term.field == Field::annotation;
    }
    const char* const end = word.data() + word.size();
    const auto [stopped, failure] = std::from_chars(word.data(), end, term.number);
    term.is_number = true;
    return !word.empty() && failure == std::errc() && stopped == end && std::isfinite(term.number);
  }

  bool read_quoted(std::string& out) {
    if (!take('"')) return false;
    const std::size_t close = text_.find('"', at_);
    if (close == std::string_view::npos) return false;
    out = text_.substr(at_, close - at_);
    at_ = close + 1;
    return true;
  }

  std::string_view read_word() noexcept {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool next_is_word(std::string_view word) noexcept {
    const std::size_t begin = at_;
    if (same(read_word(), word)) return true;
    at_ = begin;
    return false;
  }

  bool take(char c) noexcept {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_blanks() noexcept {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::variant<Filter, BadRequest> Filter::parse(std::string_view expression) {
  if (expression.size() > kMaxFilterBytes) {
    return BadRequest{"Invalid FilterExpression: longer than 2048 bytes"};
  }
  auto filter = FilterParser(expression).parse();
  if (!filter) return BadRequest{kNotYet};
  return std::move(*filter);
}

bool Filter::matches(const TraceFold& trace) const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const Term& term) { return holds(term, trace) != term.negated; });
}

bool Filter::holds(const Term& term, const TraceFold& trace) {
  switch (term.field) {
    case Field::fault:
      return trace.fault;
    case Field::error:
      return trace.error;
    case Field::throttle:
      return trace.throttle;
    case Field::ok:
      return !trace.fault && !trace.error && !trace.throttle;
    case Field::partial:
      return trace.partial;
    case Field::service:
      return std::any_of(trace.services.begin(), trace.services.end(),
                         [&](const FoldedService& service) { return service.name == term.text; });
    case Field::method:
      return text_holds(term, trace.method);
    case Field::url:
      return text_holds(term, trace.url);
    case Field::user:
      return std::any_of(trace.users.begin(), trace.users.end(),
                         [&](const FoldedUser& user) { return text_holds(term, user.name); });
    case Field::annotation:
      return annotation_holds(term, trace);
    case Field::status:
      return number_holds(term, trace.status);
    case Field::duration:
      return number_holds(term, trace.duration());
    case Field::response_time:
      return number_holds(term, trace.response_time());
  }
  return false;
}

bool Filter::annotation_holds(const Term& term, const TraceFold& trace) {
  return std::any_of(trace.annotations.begin(), trace.annotations.end(),
                     [&](const FoldedAnnotation& found) {
                       if (found.key != term.key) return false;
                       if (term.op == Operator::is_set) return true;
                       if (!term.is_number) return text_holds(term, found.value);
                       double number = 0;
                       const char* const end = found.value.data() + found.value.size();
                       return found.type == FoldedAnnotation::Type::number &&
                              std::from_chars(found.value.data(), end, number).ptr == end &&
                              number_holds(term, number);
                     });
}

bool Filter::text_holds(const Term& term, std::string_view text) {
  switch (term.op) {
    case Operator::equal:
      return text == term.text;
    case Operator::not_equal:
      return text != term.text;
    case Operator::contains:
      return text.find(term.text) != std::string_view::npos;
    case Operator::begins_with:
      return text.substr(0, term.text.size()) == term.text;
    default:
      return false;
  }
}

bool Filter::number_holds(const Term& term, double number) {
  switch (term.op) {
    case Operator::equal:
      return number == term.number;
    case Operator::not_equal:
      return number != term.number;
    case Operator::less:
      return number < term.number;
    case Operator::less_or_equal:
      return number <= term.number;
    case Operator::greater:
      return number > term.number;
    case Operator::greater_or_equal:
      return number >= term.number;
    default:
      return false;
  }
}

}  // namespace aloft::console::xray
