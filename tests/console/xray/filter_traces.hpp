// SPDX-License-Identifier: Apache-2.0
// Traces for the tests of filter expressions, and what an expression says of one.
#pragma once

#include "console/xray/filter.hpp"

#include "../documents.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::xray::fixture {

using Documents = std::vector<std::string>;

/// The inside of a span: `more` is further members with a leading comma.
inline std::string span(std::string_view name, std::uint64_t id, double start, double end,
                        std::string_view more = {}) {
  char times[80];
  std::snprintf(times, sizeof times, R"(,"start_time":%.6f,"end_time":%.6f)", start, end);
  return R"({"name":")" + std::string(name) + R"(","id":")" + console::fixture::id_text(id) + "\"" +
         times + std::string(more) + "}";
}

/// A whole document of trace 1.
inline std::string document(std::string_view name, std::uint64_t id, double start, double end,
                            std::string_view more = {}) {
  return span(name, id, start, end,
              R"(,"trace_id":")" + console::fixture::trace_text(1) + "\"" + std::string(more));
}

/// One request of six seconds that went well, of a service named "web".
inline Documents quiet() {
  return {document(
      "web", 1, 100, 106,
      R"(,"user":"alice","http":{"request":{"method":"GET","url":"http://web/api/game/7",)"
      R"("user_agent":"curl/7.88","client_ip":"192.0.2.7"},"response":{"status":200}},)"
      R"("annotations":{"gameid":"817DL6VO","age":30,"tenant_id":"tenant-123","retry":true,)"
      R"("aws.local.operation":"GET /x"},"resource_arn":"arn:aws:ecs:eu-west-1:0:task/1",)"
      R"("aws":{"ec2":{"instance_id":"i-1","availability_zone":"eu-west-1a"}})")};
}

/// api calls backend, which asks a table that denies it: a fault all the way up.
inline Documents failed() {
  return {
      document(
          "api.example.com", 1, 100, 104,
          R"(,"fault":true,"origin":"AWS::ECS::Container","http":{"request":{"method":"GET",)"
          R"("url":"http://api.example.com/v2/x"},"response":{"status":502}},"subsegments":[)" +
              span("backend.example.com", 2, 100.1, 103.9,
                   R"(,"namespace":"remote","error":true,"fault":true,)"
                   R"("http":{"response":{"status":404}})") +
              "]"),
      document("backend.example.com", 3, 100.2, 103.8,
               R"(,"parent_id":"0000000000000002","error":true,"fault":true,)"
               R"("origin":"AWS::Lambda::Function","subsegments":[)" +
                   span("deserialize", 4, 100.3, 103.7,
                        R"(,"fault":true,"subsegments":[)" +
                            span("DynamoDB", 5, 100.4, 103.6,
                                 R"(,"namespace":"aws","fault":true,"cause":{"exceptions":[)"
                                 R"({"type":"AccessDenied","message":)"
                                 R"("Access Denied for account_id: 1234567890"}]})") +
                            "]") +
                   "]"),
  };
}

inline TraceDetail detail_of(const Documents& documents) {
  TraceDetail detail;
  for (const std::string& one : documents) {
    if (!detail.documents.empty()) detail.documents += ',';
    detail.documents += one;
    detail.ends.push_back(detail.documents.size());
  }
  return detail;
}

inline bool matches(std::string_view expression, const Documents& documents) {
  const auto parsed = Filter::parse(expression);
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&parsed)) {
    ADD_FAILURE() << expression << ": " << wrong->message << " at " << wrong->position;
    return false;
  }
  const auto& filter = std::get<Filter>(parsed);
  return filter.matches(TraceFolder().fold(detail_of(documents), filter.depth()));
}

/// "message@position", or "accepted".
inline std::string refusal(std::string_view expression) {
  const auto parsed = Filter::parse(expression);
  const auto* wrong = std::get_if<expression::SyntaxError>(&parsed);
  if (wrong == nullptr) return "accepted";
  return std::string(wrong->message) + "@" + std::to_string(wrong->position);
}

}  // namespace aloft::console::xray::fixture
