// SPDX-License-Identifier: Apache-2.0
#include "console/sampling.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

namespace dom = simdjson::dom;

// Source: "GetSamplingTargets", read 2026-11: at most 25 documents, client ids of 24 hex digits.
constexpr std::size_t kMaxStatistics = 25;
constexpr std::size_t kClientIdLength = 24;
// What X-Ray answers: report every ten seconds; a quota is good for five minutes.
constexpr auto kInterval = std::chrono::seconds(10);
constexpr auto kQuotaLifetime = std::chrono::minutes(5);
// Ours: how long a report keeps its share. SDKs report an interval after the last answer, with some
// jitter, so half an interval is added.
constexpr auto kShareLifetime = kInterval * 3 / 2;
// Ours: processes that share one rule; anybody may report, so it must end somewhere. More are not
// remembered and get no share.
constexpr std::size_t kMaxClients = 1000;
constexpr std::size_t kMaxRequestDepth = 16;
// Fifty rules of the longest texts, every byte escaped to six.
constexpr std::size_t kMaxAnswerBytes = std::size_t{512} << 10U;

std::int64_t nanoseconds(WallTime time) noexcept { return time.time_since_epoch().count(); }

struct Report {
  std::string rule;
  std::string client;
};

bool is_client_id(std::string_view id) noexcept {
  return id.size() == kClientIdLength && text::parse_hex(id.substr(0, 12)) &&
         text::parse_hex(id.substr(12));
}

std::variant<Report, BadRequest> read_report(dom::element element) {
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
  return Report{std::string(name), std::string(client)};
}

std::variant<std::vector<Report>, BadRequest> read_reports(std::string_view body) {
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
  std::vector<Report> reports;
  for (const dom::element element : documents) {
    auto report = read_report(element);
    if (const auto* wrong = std::get_if<BadRequest>(&report)) return *wrong;
    reports.push_back(std::get<Report>(std::move(report)));
  }
  return reports;
}

// Where the page begins, or nothing when the token is none of ours.
std::optional<std::size_t> page_of(std::string_view body, std::size_t rules) {
  dom::parser parser;
  dom::element root;
  dom::element member;
  if (parser.allocate(body.size() + 1, kMaxRequestDepth) != simdjson::SUCCESS ||
      parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root["NextToken"].get(member) != simdjson::SUCCESS || member.is_null()) {
    return 0;
  }
  std::string_view token;
  if (member.get(token) != simdjson::SUCCESS) return std::nullopt;
  if (token.empty()) return 0;
  const auto place = text::parse_decimal(token);
  if (!place || *place == 0 || *place >= rules) return std::nullopt;
  return *place;
}

void write_rule(json::Writer& json, const SamplingRule& rule, WallTime since) {
  json.begin_object();
  json.key("SamplingRule").begin_object();
  json.key("RuleName").text(rule.name);
  json.key("RuleARN").text(rule.arn);
  json.key("ResourceARN").text(rule.resource_arn);
  json.key("Priority").integer(rule.priority);
  json.key("FixedRate").number(rule.fixed_rate);
  json.key("ReservoirSize").integer(rule.reservoir_size);
  json.key("ServiceName").text(rule.service_name);
  json.key("ServiceType").text(rule.service_type);
  json.key("Host").text(rule.host);
  json.key("HTTPMethod").text(rule.http_method);
  json.key("URLPath").text(rule.url_path);
  json.key("Version").integer(1);
  json.key("Attributes").begin_object();
  for (const auto& [key, value] : rule.attributes) json.key(key).text(value);
  json.end_object();
  json.end_object();
  json.key("CreatedAt").epoch_seconds(nanoseconds(since));
  json.key("ModifiedAt").epoch_seconds(nanoseconds(since));
  json.end_object();
}

void write_target(json::Writer& json, const SamplingRule& rule, std::int64_t quota, WallTime now) {
  json.begin_object();
  json.key("RuleName").text(rule.name);
  json.key("FixedRate").number(rule.fixed_rate);
  json.key("ReservoirQuota").integer(quota);
  json.key("ReservoirQuotaTTL").epoch_seconds(nanoseconds(now + kQuotaLifetime));
  json.key("Interval").integer(kInterval.count());
  json.end_object();
}

// A 4xx here makes an SDK read the rules again: it has one that we do not know.
void write_unknown(json::Writer& json, std::string_view rule) {
  json.begin_object();
  json.key("RuleName").text(rule);
  json.key("ErrorCode").text("400");
  json.key("Message").text("unknown rule: this console does not have it");
  json.end_object();
}

}  // namespace

Sampling::Sampling(SamplingRules rules, WallTime since) : rules_(std::move(rules)), since_(since) {}

std::variant<std::string, BadRequest> Sampling::rules_json(std::string_view body) const {
  const auto& rules = rules_.all();
  const auto first = page_of(body, rules.size());
  if (!first) return BadRequest{"NextToken is not one of this operation"};
  const std::size_t behind = std::min(*first + kRulesPerPage, rules.size());
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("SamplingRuleRecords").begin_array();
  for (std::size_t i = *first; i < behind; ++i) write_rule(json, rules[i], since_);
  json.end_array();
  if (behind < rules.size()) json.key("NextToken").text(std::to_string(behind));
  json.end_object();
  return std::string(buffer.view());
}

std::variant<std::string, BadRequest> Sampling::targets_json(std::string_view body, WallTime now) {
  auto read = read_reports(body);
  if (const auto* wrong = std::get_if<BadRequest>(&read)) return *wrong;
  const auto& reports = std::get<std::vector<Report>>(read);
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("SamplingTargetDocuments").begin_array();
  for (const Report& report : reports) {
    if (const SamplingRule* rule = rules_.find(report.rule)) {
      write_target(json, *rule, quota_of(*rule, report.client, now), now);
    }
  }
  json.end_array();
  json.key("LastRuleModification").epoch_seconds(nanoseconds(since_));
  json.key("UnprocessedStatistics").begin_array();
  for (const Report& report : reports) {
    if (rules_.find(report.rule) == nullptr) write_unknown(json, report.rule);
  }
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

std::int64_t Sampling::quota_of(const SamplingRule& rule, const std::string& client, WallTime now) {
  const std::lock_guard lock(mutex_);
  Clients& clients = clients_[rule.name];
  // A time ahead of now is from before the clock was set back.
  std::erase_if(clients, [&](const auto& entry) {
    return entry.second > now || now - entry.second > kShareLifetime;
  });
  if (clients.size() >= kMaxClients && clients.find(client) == clients.end()) return 0;
  const auto place = clients.insert_or_assign(client, now).first;
  // What does not divide evenly goes to the first, one each.
  const auto rank = static_cast<std::int64_t>(std::distance(clients.begin(), place));
  const auto count = static_cast<std::int64_t>(clients.size());
  return rule.reservoir_size / count + (rank < rule.reservoir_size % count ? 1 : 0);
}

}  // namespace aloft::console
