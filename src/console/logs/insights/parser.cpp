// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/parser.hpp"

#include <aloft/core/text.hpp>

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace aloft::console::logs::insights {
namespace {

constexpr std::array<std::string_view, 9> kCommands = {
    "fields", "filter", "where", "stats", "sort", "limit", "parse", "display", "dedup"};
// What AWS has beside these: docs/reference/log-queries.md.
constexpr std::array<std::string_view, 17> kOtherCommands = {
    "pattern",   "diff",        "unmask",        "unnest",     "anomaly",    "source",
    "join",      "lookup",      "filterindex",   "outlier",    "sessionize", "autoregress",
    "addtotals", "fillmissing", "countfrequent", "subqueries", "json"};

class QueryReader {
 public:
  explicit QueryReader(std::string_view text) : lexer_(text), expressions_(lexer_, query_) {}

  std::variant<Query, QueryError> read() {
    if (lexer_.peek().kind == TokenKind::end && !lexer_.failed()) {
      lexer_.fail("the query is empty");
    }
    do {
      if (query_.commands.size() >= kMaxCommands) lexer_.fail("the query has too many commands");
      if (lexer_.failed() || !read_command()) break;
    } while (lexer_.accept("|"));
    if (!lexer_.failed() && lexer_.peek().kind != TokenKind::end) {
      lexer_.fail("| must stand here, or the end of the query");
    }
    if (lexer_.failed()) return lexer_.error();
    finish();
    return std::move(query_);
  }

 private:
  bool read_command() {
    const Token command = lexer_.take();
    if (command.kind == TokenKind::end) return lexer_.fail("a command must follow |");
    const auto is = [&](std::string_view name) {
      return command.kind == TokenKind::name && !command.quoted &&
             text::equals_ignoring_case(command.text, name);
    };
    if (after_dedup_ && !is("limit")) {
      return lexer_.fail("only limit can follow dedup", command.begin, command.end);
    }
    if (is("fields")) return read_fields();
    if (is("filter") || is("where")) return read_filter();
    if (is("stats")) return read_stats();
    if (is("sort")) return read_sort();
    if (is("limit")) return read_limit();
    if (is("parse")) return read_parse();
    if (is("display")) return read_display();
    if (is("dedup")) return read_dedup();
    const bool other = std::any_of(kOtherCommands.begin(), kOtherCommands.end(), is);
    return lexer_.fail(other ? "this command of Logs Insights is not there in aloft-console"
                             : "a command must stand here: fields, filter, stats, sort, limit, "
                               "parse, display or dedup",
                       command.begin, command.end);
  }

  // `expression [as name]`; the name is otherwise how the expression is written.
  bool read_item(std::vector<Item>& items) {
    const std::size_t begin = lexer_.peek().begin;
    const auto expr = expressions_.read();
    if (!expr) return false;
    const Expr& read = query_.expressions[*expr];
    const bool plain = read.kind == ExprKind::field;
    FieldId field = plain ? read.field : 0;
    if (lexer_.accept_word("as")) {
      const Token name = lexer_.take();
      if (name.kind != TokenKind::name) {
        return lexer_.fail("a name must follow as", name.begin, name.end);
      }
      field = expressions_.field(name.text);
    } else if (!plain) {
      field = expressions_.field(lexer_.text(begin, lexer_.last_end()));
    }
    items.push_back({*expr, field});
    return true;
  }

  bool read_items(std::vector<Item>& items) {
    do {
      if (!read_item(items)) return false;
    } while (lexer_.accept(","));
    return true;
  }

  // Each once, where it stood first.
  static void show(std::vector<FieldId>& columns, FieldId field) {
    if (std::find(columns.begin(), columns.end(), field) == columns.end()) {
      columns.push_back(field);
    }
  }

  bool read_fields() {
    Fields fields;
    if (!read_items(fields.items)) return false;
    for (const Item& item : fields.items) show(shown_, item.field);
    has_fields_ = true;
    query_.commands.emplace_back(std::move(fields));
    return true;
  }

  bool read_display() {
    Fields fields;
    if (!read_items(fields.items)) return false;
    // The last one counts.
    displayed_.clear();
    for (const Item& item : fields.items) show(displayed_, item.field);
    query_.commands.emplace_back(std::move(fields));
    return true;
  }

  bool read_filter() {
    const auto condition = expressions_.read();
    if (!condition) return false;
    query_.commands.emplace_back(Filter{*condition});
    return true;
  }

  bool read_stats() {
    Stats stats;
    do {
      expressions_.allow_aggregates(&stats);
      const std::size_t before = stats.aggregates.size();
      const std::size_t begin = lexer_.peek().begin;
      if (!read_item(stats.results)) return false;
      if (stats.aggregates.size() == before) {
        return lexer_.fail("a function such as count(*) must stand here", begin, lexer_.last_end());
      }
    } while (lexer_.accept(","));
    expressions_.allow_aggregates(nullptr);
    if (lexer_.accept_word("by") && !read_items(stats.groups)) return false;
    shown_.clear();
    displayed_.clear();
    for (const Item& item : stats.groups) show(shown_, item.field);
    for (const Item& item : stats.results) show(shown_, item.field);
    query_.aggregated = true;
    query_.commands.emplace_back(std::move(stats));
    return true;
  }

  // A column of `stats` is named as it is written: `sort count(*) desc`.
  std::optional<ExprId> read_key() {
    if (query_.aggregated) {
      const Token& next = lexer_.peek();
      for (const FieldId column : shown_) {
        const std::string name = query_.fields[column];
        if (lexer_.text(next.begin, next.begin + name.size()) != name) continue;
        if (name.find('(') == std::string::npos) continue;
        const std::size_t end = next.begin + name.size();
        while (lexer_.peek().kind != TokenKind::end && lexer_.peek().begin < end) lexer_.take();
        return add_field(column);
      }
    }
    return expressions_.read();
  }

  ExprId add_field(FieldId field) {
    Expr expr;
    expr.kind = ExprKind::field;
    expr.field = field;
    query_.expressions.push_back(std::move(expr));
    return static_cast<ExprId>(query_.expressions.size() - 1);
  }

  bool read_sort() {
    Sort sort;
    do {
      if (sort.keys.size() >= kMaxArguments) return lexer_.fail("too many fields to sort by");
      const auto key = read_key();
      if (!key) return false;
      const bool descending = lexer_.accept_word("desc");
      if (!descending) lexer_.accept_word("asc");
      sort.keys.push_back({*key, descending});
    } while (lexer_.accept(","));
    query_.commands.emplace_back(std::move(sort));
    return true;
  }

  bool read_limit() {
    lexer_.accept_word("any");
    const Token rows = lexer_.take();
    const bool whole = rows.kind == TokenKind::number && rows.number.whole;
    if (!whole || *rows.number.whole < 1 ||
        *rows.number.whole > static_cast<std::int64_t>(kMaxRows)) {
      return lexer_.fail("a number from 1 to 100000 must follow limit", rows.begin, rows.end);
    }
    query_.commands.emplace_back(Limit{static_cast<std::size_t>(*rows.number.whole)});
    return true;
  }

  bool read_dedup() {
    Dedup dedup;
    do {
      const auto key = expressions_.read();
      if (!key) return false;
      dedup.keys.push_back(*key);
    } while (lexer_.accept(","));
    after_dedup_ = true;
    query_.commands.emplace_back(std::move(dedup));
    return true;
  }

  // `parse [field] "glob" as a, b` or `parse [field] /(?<name>…)/`.
  bool read_parse() {
    Parse parse;
    const Token& next = lexer_.peek();
    if (next.kind == TokenKind::name) {
      const auto from = expressions_.read_operand();
      if (!from) return false;
      parse.from = *from;
    } else {
      parse.from = add_field(expressions_.field("@message"));
    }
    const Token& pattern = lexer_.peek();
    if (pattern.kind == TokenKind::text) {
      if (!read_glob(parse)) return false;
    } else if (pattern.kind == TokenKind::sign && pattern.text == "/") {
      if (!read_regex(parse)) return false;
    } else {
      return lexer_.fail("a \"text with *\" or a /regular expression/ must stand here");
    }
    for (const FieldId field : parse.fields) show(shown_, field);
    query_.commands.emplace_back(std::move(parse));
    return true;
  }

  bool read_names(Parse& parse) {
    if (!lexer_.accept_word("as")) return lexer_.fail("as and the names of fields must follow");
    do {
      const Token name = lexer_.take();
      if (name.kind != TokenKind::name) {
        return lexer_.fail("the name of a field must stand here", name.begin, name.end);
      }
      parse.fields.push_back(expressions_.field(name.text));
    } while (lexer_.accept(","));
    return true;
  }

  bool read_glob(Parse& parse) {
    const Token glob = lexer_.take();
    const auto stars =
        static_cast<std::size_t>(std::count(glob.text.begin(), glob.text.end(), '*'));
    if (stars == 0 || stars > kMaxArguments) {
      return lexer_.fail("one * for each wanted field must stand here", glob.begin, glob.end);
    }
    if (!read_names(parse)) return false;
    if (parse.fields.size() != stars) {
      return lexer_.fail("there must be as many names as *", glob.begin, lexer_.last_end());
    }
    parse.regex = compile_regex(regex_of_glob(glob.text));
    if (!parse.regex) return lexer_.fail("this pattern is too large", glob.begin, glob.end);
    return true;
  }

  bool read_regex(Parse& parse) {
    const std::size_t begin = lexer_.peek().begin;
    parse.regex = lexer_.take_regex();
    if (!parse.regex) return false;
    const auto groups = static_cast<std::size_t>(parse.regex->NumberOfCapturingGroups());
    if (groups == 0 || groups > kMaxArguments) {
      return lexer_.fail("a group (?<name>…) for each wanted field must stand here", begin,
                         lexer_.last_end());
    }
    if (lexer_.is_word("as")) {
      if (!read_names(parse)) return false;
      if (parse.fields.size() != groups) {
        return lexer_.fail("there must be as many names as groups", begin, lexer_.last_end());
      }
      return true;
    }
    const std::map<int, std::string>& names = parse.regex->CapturingGroupNames();
    for (std::size_t i = 1; i <= groups; ++i) {
      const auto named = names.find(static_cast<int>(i));
      // A group without a name is matched, and not kept.
      parse.fields.push_back(expressions_.field(named == names.end() ? "" : named->second));
    }
    if (names.empty()) {
      return lexer_.fail("the groups need names: (?<name>…)", begin, lexer_.last_end());
    }
    return true;
  }

  void finish() {
    const bool displays = !displayed_.empty();
    query_.columns = displays ? displayed_ : shown_;
    if (!query_.aggregated && !displays && !has_fields_) {
      std::vector<FieldId> all = {expressions_.field("@timestamp"), expressions_.field("@message")};
      for (const FieldId field : query_.columns) show(all, field);
      query_.columns = std::move(all);
    }
    query_.columns.erase(std::remove_if(query_.columns.begin(), query_.columns.end(),
                                        [&](FieldId id) { return query_.fields[id].empty(); }),
                         query_.columns.end());
  }

  Query query_;
  Lexer lexer_;
  ExpressionReader expressions_;
  std::vector<FieldId> shown_;      // by fields, parse and stats
  std::vector<FieldId> displayed_;  // by the last display
  bool has_fields_ = false;
  bool after_dedup_ = false;
};

}  // namespace

std::variant<Query, QueryError> Query::parse(std::string_view text) {
  // In bytes here: no query that people write comes near.
  if (text.size() > kMaxQueryChars) {
    return QueryError{"the query is longer than 10,000 characters", kMaxQueryChars, text.size()};
  }
  return QueryReader(text).read();
}

bool looks_like_a_query(std::string_view text) {
  const std::string_view trimmed = text::trim(text);
  if (trimmed.empty() || std::string_view("{[%").find(trimmed.front()) != std::string_view::npos) {
    return false;
  }
  bool quoted = false;
  for (std::size_t i = 0; i < trimmed.size(); ++i) {
    if (trimmed[i] == '"' && (i == 0 || trimmed[i - 1] != '\\')) quoted = !quoted;
    if (trimmed[i] == '|' && !quoted) return true;
  }
  std::size_t end = 0;
  while (end < trimmed.size() && text::is_alpha(trimmed[end])) ++end;
  if (end < trimmed.size() && (text::is_alnum(trimmed[end]) || trimmed[end] == '_')) return false;
  const std::string_view word = trimmed.substr(0, end);
  return std::any_of(kCommands.begin(), kCommands.end(), [&](std::string_view command) {
    return text::equals_ignoring_case(word, command);
  });
}

}  // namespace aloft::console::logs::insights
