// SPDX-License-Identifier: Apache-2.0
// `{ $.level = "ERROR" && ($.n > 10 || $.user.id IS NULL) }`: conditions on the members of an event
// that is a JSON object.
//
// A selector is `$.a.b`, `$.a[0].b`, `$.['a.b']`, or has one `*` for any member or element:
// `$.*`, `$.a[*].b`. It selects values; a comparison with a list, an object, null or nothing is
// false, also with `!=`. `IS NULL`, `IS TRUE`, `IS FALSE` and `NOT EXISTS` ask for those.
//
// Source: "Using filter patterns to match terms in JSON log events", CloudWatch Logs user guide,
// read 2026-11.
// Thread-safety: plain value; matching is pure.
#pragma once

#include "console/expression/tree.hpp"
#include "console/logs/pattern/condition.hpp"
#include "console/logs/pattern/cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs::pattern {

/// Source: "Filter pattern syntax …" (quotas: one a selector, three a pattern), read 2026-11.
inline constexpr std::size_t kMaxWildcards = 3;

class JsonPattern {
 public:
  /// Reads what stands between the braces. Nothing, and the cursor knows why, when that is wrong.
  static std::optional<JsonPattern> read(Cursor& cursor);

  /// False for a message that is no JSON object.
  bool matches(std::string_view message) const;

  /// One step of a selector.
  struct Step {
    enum class Kind : std::uint8_t { member, element, any };
    Kind kind = Kind::member;
    std::string name;       // of a member
    std::size_t index = 0;  // of an element
  };
  enum class Test : std::uint8_t { compare, is_null, is_true, is_false, not_exists };
  struct Term {
    std::vector<Step> path;
    Test test = Test::compare;
    std::optional<Condition> condition;  // of `compare`
  };

 private:
  std::vector<Term> terms_;
  expression::Tree tree_;
  expression::NodeId root_ = expression::kNoNode;
};

}  // namespace aloft::console::logs::pattern
