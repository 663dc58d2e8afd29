// SPDX-License-Identifier: Apache-2.0
// X-Ray's filter expressions, the part that the console answers so far: terms that must all hold.
//
//   fault  error  throttle  ok  partial                 each may follow a `!`
//   service("payments")
//   http.method | http.url | user = "…"                 = != CONTAINS BEGINSWITH
//   annotation.tenant_id = "acme"   annotation[cents] >= 4200   annotation.retry = true
//   http.status | duration | responsetime >= 1.5        = != < <= > >=
//
// joined by AND or by nothing. The rest of the language (OR, braces, edge(), rootcause, groups) is
// refused with a sentence that says so: a filter that was half understood would show wrong traces.
//
//   auto filter = Filter::parse(R"(service("payments") AND fault)");
//
// Source: "X-Ray filter expressions", developer guide, read 2026-11.
// Thread-safety: plain value.
#pragma once

#include "console/sampling.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::xray {

struct TraceFold;

/// Ours: X-Ray does not say; our own search takes 512 bytes.
inline constexpr std::size_t kMaxFilterBytes = 2048;
inline constexpr std::size_t kMaxFilterTerms = 32;

class Filter {
 public:
  static std::variant<Filter, BadRequest> parse(std::string_view expression);

  bool empty() const noexcept { return terms_.empty(); }
  bool matches(const TraceFold& trace) const;

 private:
  friend class FilterParser;
  enum class Field : std::uint8_t {
    fault,
    error,
    throttle,
    ok,
    partial,
    service,
    method,
    url,
    user,
    annotation,
    status,
    duration,
    response_time,
  };
  enum class Operator : std::uint8_t {
    is_set,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    contains,
    begins_with,
  };
  struct Term {
    Field field = Field::ok;
    Operator op = Operator::is_set;
    bool negated = false;
    bool is_number = false;
    double number = 0;
    std::string key;   // of the annotation
    std::string text;  // also "true" and "false"
  };

  static bool holds(const Term& term, const TraceFold& trace);
  static bool annotation_holds(const Term& term, const TraceFold& trace);
  static bool text_holds(const Term& term, std::string_view text);
  static bool number_holds(const Term& term, double number);

  std::vector<Term> terms_;
};

}  // namespace aloft::console::xray
