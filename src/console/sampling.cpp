// SPDX-License-Identifier: Apache-2.0
#include "console/sampling.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <simdjson.h>

#include <algorithm>
#include <vector>

namespace aloft::console {
namespace {

namespace dom = simdjson::dom;

// Source: X-Ray's own default rule: one request a second, then 5 %.
constexpr std::string_view kDefaultRule = "Default";
constexpr double kFixedRate = 0.05;
constexpr std::int64_t kReservoir = 1;
constexpr std::int64_t kDefaultPriority = 10'000;
// Source: "GetSamplingTargets", read 2026-11: at most 25 documents, names of 1 to 32 characters,
// client ids of 24 hex digits.
constexpr std::size_t kMaxStatistics = 25;
constexpr std::size_t kMaxRuleName = 32;
constexpr std::size_t kClientIdLength = 24;
// What X-Ray answers: report every ten seconds; a quota is good for five minutes.
constexpr std::int64_t kIntervalSeconds = 10;
constexpr auto kQuotaLifetime = std::chrono::minutes(5);
constexpr std::size_t kMaxRequestDepth = 16;
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 10U;

std::int64_t nanoseconds(WallTime time) noexcept { return time.time_since_epoch().count(); }

// Characters of the model that can stand in JSON and in a log as they are.
bool is_rule_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxRuleName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return text::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ' ';
         });
}

bool is_client_id(std::string_view id) noexcept {
  return id.size() == kClientIdLength && text::parse_hex(id.substr(0, 12)) &&
         text::parse_hex(id.substr(12));
}

// The rule's name, or what is wrong with the statistics document.
std::variant<std::string, BadRequest> read_statistics(dom::element element) {
  dom::object document;
  if (element.get(document) != simdjson::SUCCESS) {
    return BadRequest{"a statistics document is not an object"};
  }
  std::string_view name;
  if (document["RuleName"].get(name) != simdjson::SUCCESS || !is_rule_name(name)) {
    return BadRequest{"RuleName is missing or not 1 to 32 characters"};
  }
  std::string_view client;
  if (document["ClientID"].get(client) != simdjson::SUCCESS || !is_client_id(client)) {
    return BadRequest{"ClientID is missing or not 24 hex digits"};
  }
  for (const char* key : {"RequestCount", "SampledCount"}) {
    std::int64_t count = 0;
    if (document[key].get(count) != simdjson::SUCCESS || count < 0) {
      return BadRequest{"RequestCount or SampledCount is missing or negative"};
    }
  }
  return std::string(name);
}

std::variant<std::vector<std::string>, BadRequest> read_rule_names(std::string_view body) {
  dom::parser parser;
  dom::element root;
  if (parser.allocate(body.size() + 1, kMaxRequestDepth) != simdjson::SUCCESS ||
      parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) {
    return BadRequest{"the body is not JSON"};
  }
  dom::array documents;
  if (root["SamplingStatisticsDocuments"].get(documents) != simdjson::SUCCESS) {
    return BadRequest{"SamplingStatisticsDocuments is missing or not an array"};
  }
  if (documents.size() > kMaxStatistics) {
    return BadRequest{"SamplingStatisticsDocuments has more than 25 members"};
  }
  std::vector<std::string> names;
  for (const dom::element element : documents) {
    auto name = read_statistics(element);
    if (const auto* wrong = std::get_if<BadRequest>(&name)) return *wrong;
    names.push_back(std::get<std::string>(std::move(name)));
  }
  return names;
}

void write_target(json::Writer& json, WallTime now) {
  json.begin_object();
  json.key("RuleName").text(kDefaultRule);
  json.key("FixedRate").number(kFixedRate);
  json.key("ReservoirQuota").integer(kReservoir);
  json.key("ReservoirQuotaTTL").epoch_seconds(nanoseconds(now + kQuotaLifetime));
  json.key("Interval").integer(kIntervalSeconds);
  json.end_object();
}

// A 4xx here makes an SDK read the rules again: it has one that we do not know.
void write_unknown(json::Writer& json, std::string_view rule) {
  json.begin_object();
  json.key("RuleName").text(rule);
  json.key("ErrorCode").text("400");
  json.key("Message").text("unknown rule: this console has only the rule Default");
  json.end_object();
}

}  // namespace

std::string sampling_rules_json(WallTime since) {
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("SamplingRuleRecords").begin_array();
  json.begin_object();
  json.key("SamplingRule").begin_object();
  json.key("RuleName").text(kDefaultRule);
  json.key("RuleARN").text("arn:aws:xray:us-east-1:000000000000:sampling-rule/Default");
  json.key("ResourceARN").text("*");
  json.key("Priority").integer(kDefaultPriority);
  json.key("FixedRate").number(kFixedRate);
  json.key("ReservoirSize").integer(kReservoir);
  json.key("ServiceName").text("*");
  json.key("ServiceType").text("*");
  json.key("Host").text("*");
  json.key("HTTPMethod").text("*");
  json.key("URLPath").text("*");
  json.key("Version").integer(1);
  json.key("Attributes").begin_object();
  json.end_object();
  json.end_object();
  json.key("CreatedAt").epoch_seconds(nanoseconds(since));
  json.key("ModifiedAt").epoch_seconds(nanoseconds(since));
  json.end_object();
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

std::variant<std::string, BadRequest> sampling_targets_json(std::string_view body, WallTime since,
                                                            WallTime now) {
  auto read = read_rule_names(body);
  if (const auto* wrong = std::get_if<BadRequest>(&read)) return *wrong;
  const auto& names = std::get<std::vector<std::string>>(read);
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("SamplingTargetDocuments").begin_array();
  for (const std::string& name : names) {
    if (name == kDefaultRule) write_target(json, now);
  }
  json.end_array();
  json.key("LastRuleModification").epoch_seconds(nanoseconds(since));
  json.key("UnprocessedStatistics").begin_array();
  for (const std::string& name : names) {
    if (name != kDefaultRule) write_unknown(json, name);
  }
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

}  // namespace aloft::console
