// SPDX-License-Identifier: Apache-2.0
// What somebody types into the page's search: words (search.hpp), or a filter expression of X-Ray.
//
// It is an expression when it has a form that words do not have: `service(…)`, `edge(…)`,
// `annotation.…`, `rootcause.…`, a keyword with its operator and a fitting value, `!fault`. Then a
// mistake in it is told as such. It is one, too, when AND or OR stands in it and all of it reads as
// an expression. The words of the API document stay words: `fault`, `user=alice`, `duration>=0.5`,
// `error=true` (an annotation of many), and whatever begins with `=` or stands in quotes.
//
//   auto search = TraceSearch::parse("service(\"payments\") { fault }");
//
// Thread-safety: plain value, pure functions.
#pragma once

#include "console/search.hpp"
#include "console/store.hpp"
#include "console/xray/filter.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <string_view>
#include <variant>

namespace aloft::console {

struct TraceSearch {
  Query words;
  xray::Filter filter;  ///< unless empty, it decides

  static std::variant<TraceSearch, QueryError> parse(std::string_view text);
};

struct FilteredList {
  Store& store;
  Clock& clock;
  const xray::Filter& filter;

  /// As `Store::list`, by the documents of each trace: slower, so it gets less far in time.
  Result<TracePage> page(const ListOptions& options, Deadline deadline) const;
};

}  // namespace aloft::console
