// SPDX-License-Identifier: Apache-2.0
// Documents and datagrams as X-Ray's SDKs write them, for the tests of the console.
#pragma once

#include "console/document.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace aloft::console::fixture {

inline constexpr std::string_view kHeader = "{\"format\":\"json\",\"version\":1}\n";

/// "1-67891234-" and `number` as 24 hex digits.
inline std::string trace_text(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "1-67891234-%024llx", static_cast<unsigned long long>(number));
  return text;
}

inline std::string id_text(std::uint64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

/// A complete segment; `more` is further members with a leading comma.
inline std::string segment(std::uint64_t trace, std::uint64_t id, double start = 100.5,
                           std::string_view more = {}, std::string_view name = "payments") {
  char times[80];
  std::snprintf(times, sizeof times, R"("start_time":%.6f,"end_time":%.6f)", start, start + 0.25);
  return R"({"name":")" + std::string(name) + R"(","id":")" + id_text(id) + R"(","trace_id":")" +
         trace_text(trace) + "\"," + times + std::string(more) + "}";
}

inline std::string in_progress(std::uint64_t trace, std::uint64_t id, double start = 100.5) {
  char times[80];
  std::snprintf(times, sizeof times, R"("start_time":%.6f,"in_progress":true)", start);
  return R"({"name":"payments","id":")" + id_text(id) + R"(","trace_id":")" + trace_text(trace) +
         "\"," + times + "}";
}

/// The parsed form; views `json`, which must stay.
inline Document parsed(std::string_view json) {
  DocumentParser parser;
  return std::get<Document>(parser.parse(json));
}

/// The name of the refusal, or "accepted".
inline std::string_view refusal(std::string_view json) {
  DocumentParser parser;
  const auto outcome = parser.parse(json);
  const Reject* reason = std::get_if<Reject>(&outcome);
  return reason == nullptr ? "accepted" : to_string(*reason);
}

inline TraceId trace_id(std::uint64_t number) { return *TraceId::parse(trace_text(number)); }

}  // namespace aloft::console::fixture
