// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/sampling_wire.hpp>

#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using http::JsonDocument;

constexpr std::size_t kDepth = 8;
/// A body of ours: 25 documents of each kind, less than 1,300 bytes each, or a token of at most
/// `kMaxTokenBytes`.
constexpr std::size_t kMaxBodyBytes = 64u << 10;
constexpr std::size_t kMaxTokenBytes = 4096;
/// Names have at most 32 characters, patterns at most 500. Source: as the header. Bytes, and some
/// to spare, so that a longer limit one day costs no rule.
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxPatternBytes = 1024;
constexpr std::size_t kMaxAttributes = 32;
/// Source: "SamplingBoostStatisticsDocument", ServiceName, read 2026-11.
constexpr std::size_t kMaxServiceNameBytes = 64;
/// The year 2200: nanoseconds still reach it.
constexpr double kLastSecond = 7'258'118'400.0;

bool is_share(double rate) noexcept { return rate >= 0.0 && rate <= 1.0; }

class Reader {
 public:
  explicit Reader(JsonDocument document) : document_(std::move(document)) {}

  static Result<Reader> of(std::string_view body, const char* array) {
    Result<JsonDocument> document =
        JsonDocument::parse(body, {.bytes = kMaxSamplingReplyBytes, .depth = kDepth});
    if (!document) return unexpected(document.error());
    Reader reader(*std::move(document));
    if (!reader.count(array)) {
      return fail(ErrorCode::invalid_argument, std::string(array) + " is missing or not an array",
                  "ask a newer daemon, or X-Ray itself");
    }
    return reader;
  }

  /// Members of an array, as far as they are read; nothing when it is none.
  std::optional<std::size_t> count(const std::string& at) const {
    const Result<std::size_t> size = document_.size(at);
    if (!size || (*size != 0 && !document_.has(at + "/0"))) return std::nullopt;
    return *size;
  }
  std::optional<std::uint32_t> natural(const std::string& at) const {
    const Result<std::int64_t> value = document_.integer(at);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(*value, (std::numeric_limits<std::uint32_t>::max)()));
  }
  std::optional<double> share(const std::string& at) const {
    const Result<double> value = document_.number(at);
    if (!value || !is_share(*value)) return std::nullopt;
    return *value;
  }
  /// Seconds since the epoch, perhaps with a fraction.
  std::optional<WallTime> time(const std::string& at) const {
    const Result<double> seconds = document_.number(at);
    if (!seconds || !(*seconds >= 0 && *seconds <= kLastSecond)) return std::nullopt;
    return WallTime(Nanoseconds(static_cast<std::int64_t>(*seconds * 1e9)));
  }
  std::optional<std::string> name(const std::string& at) const {
    const Result<std::string_view> text = document_.text(at);
    if (!text || text->empty() || text->size() > kMaxNameBytes) return std::nullopt;
    return std::string(*text);
  }
  /// What is not there stays as it is; false when it cannot be used.
  bool pattern(const std::string& at, std::string& into) const {
    if (!document_.has(at)) return true;
    const Result<std::string_view> text = document_.text(at);
    if (!text || text->size() > kMaxPatternBytes) return false;
    into = *text;
    return true;
  }
  const JsonDocument& document() const noexcept { return document_; }

 private:
  JsonDocument document_;
};

bool read_attributes(const Reader& reader, const std::string& at,
                     std::vector<AttributePattern>& into) {
  if (!reader.document().has(at)) return true;
  const auto size = reader.document().size(at);
  if (!size || *size > kMaxAttributes) return false;
  const auto members = reader.document().texts(at);
  if (!members) return false;
  for (const http::JsonText& member : *members) {
    if (member.key.size() > kMaxNameBytes || member.text.size() > kMaxPatternBytes) return false;
    into.push_back({std::string(member.key), std::string(member.text)});
  }
  return true;
}

std::optional<SamplingRule> read_rule(const Reader& reader, const std::string& at) {
  const auto version = reader.document().integer(at + "/Version");
  if (version && *version != 1) return std::nullopt;
  const auto name = reader.name(at + "/RuleName");
  const auto priority = reader.document().integer(at + "/Priority");
  const auto rate = reader.share(at + "/FixedRate");
  const auto reservoir = reader.natural(at + "/ReservoirSize");
  if (!name || !rate || !reservoir) return std::nullopt;
  SamplingRule rule{.name = *name, .reservoir = *reservoir, .rate = *rate};
  if (!rule.is_default() && (!priority || *priority < 1 || *priority > kDefaultRulePriority)) {
    return std::nullopt;
  }
  rule.priority = rule.is_default() ? kDefaultRulePriority : static_cast<std::int32_t>(*priority);
  const bool usable = reader.pattern(at + "/Host", rule.host) &&
                      reader.pattern(at + "/HTTPMethod", rule.http_method) &&
                      reader.pattern(at + "/URLPath", rule.url_path) &&
                      reader.pattern(at + "/ServiceName", rule.service_name) &&
                      reader.pattern(at + "/ServiceType", rule.service_type) &&
                      reader.pattern(at + "/ResourceARN", rule.resource_arn) &&
                      read_attributes(reader, at + "/Attributes", rule.attributes);
  if (!usable) return std::nullopt;
  rule.boost_limit = reader.share(at + "/SamplingRateBoost/MaxRate");
  return rule;
}

std::optional<SamplingTarget> read_target(const Reader& reader, const std::string& at) {
  const auto name = reader.name(at + "/RuleName");
  if (!name) return std::nullopt;
  SamplingTarget target{.rule = *name,
                        .rate = reader.share(at + "/FixedRate"),
                        .quota = reader.natural(at + "/ReservoirQuota"),
                        .quota_until = reader.time(at + "/ReservoirQuotaTTL"),
                        .boost_rate = reader.share(at + "/SamplingBoost/BoostRate"),
                        .boost_until = reader.time(at + "/SamplingBoost/BoostRateTTL")};
  if (const auto interval = reader.natural(at + "/Interval")) {
    target.interval = std::chrono::seconds(*interval);
  }
  return target;
}

void read_unprocessed(const Reader& reader, const std::string& array,
                      std::vector<UnprocessedStatistics>& into) {
  const std::size_t count = reader.count(array).value_or(0);
  for (std::size_t i = 0; i < std::min(count, kMaxStatisticsPerCall); ++i) {
    const std::string at = array + "/" + std::to_string(i);
    const auto code = reader.document().text(at + "/ErrorCode");
    const auto status = code ? text::parse_decimal(code->substr(0, 3)) : std::nullopt;
    into.push_back({.rule = reader.name(at + "/RuleName").value_or(""),
                    .status = static_cast<int>(status.value_or(0))});
  }
}

/// Nothing where there is nothing to tell: an older daemon or console knows no such member.
void write_anomalies(json::Writer& json, std::span<const RuleStatistics> statistics,
                     std::string_view service_name, WallTime now) {
  const auto has_ended = [](const RuleStatistics& rule) { return rule.traces != 0; };
  if (service_name.empty() || std::none_of(statistics.begin(), statistics.end(), has_ended)) return;
  json.key("SamplingBoostStatisticsDocuments").begin_array();
  for (const RuleStatistics& rule : statistics) {
    if (!has_ended(rule)) continue;
    json.begin_object();
    json.key("RuleName").text(rule.rule);
    json.key("ServiceName").text(text::cut(service_name, kMaxServiceNameBytes));
    json.key("Timestamp").epoch_seconds(now.time_since_epoch().count());
    json.key("AnomalyCount").integer(static_cast<std::int64_t>(rule.anomalies));
    json.key("TotalCount").integer(static_cast<std::int64_t>(rule.traces));
    json.key("SampledAnomalyCount").integer(static_cast<std::int64_t>(rule.sampled_anomalies));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string sampling_rules_body(std::string_view next_token) {
  json::Buffer buffer(kMaxBodyBytes);
  json::Writer json(buffer);
  json.begin_object();
  if (!next_token.empty()) json.key("NextToken").text(next_token);
  json.end_object();
  return std::string(buffer.view());
}

Result<SamplingRulesPage> read_sampling_rules(std::string_view body) {
  const Result<Reader> reader = Reader::of(body, "/SamplingRuleRecords");
  if (!reader) return unexpected(reader.error());
  const std::size_t count = *reader->count("/SamplingRuleRecords");
  const std::size_t read = std::min(count, kMaxSamplingRules);
  SamplingRulesPage page{.skipped = count - read};
  for (std::size_t i = 0; i < read; ++i) {
    auto rule = read_rule(*reader, "/SamplingRuleRecords/" + std::to_string(i) + "/SamplingRule");
    if (rule) {
      page.rules.push_back(*std::move(rule));
    } else {
      ++page.skipped;
    }
  }
  const auto token = reader->document().text("/NextToken");
  if (token && token->size() > kMaxTokenBytes) {
    return fail(ErrorCode::resource_exhausted, "/NextToken is longer than 4096 bytes");
  }
  if (token) page.next_token = *token;
  return page;
}

std::string sampling_targets_body(std::span<const RuleStatistics> statistics,
                                  const SamplingInstance& instance, WallTime now) {
  statistics = statistics.first(std::min(statistics.size(), kMaxStatisticsPerCall));
  json::Buffer buffer(kMaxBodyBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("SamplingStatisticsDocuments").begin_array();
  for (const RuleStatistics& rule : statistics) {
    json.begin_object();
    json.key("RuleName").text(rule.rule);
    json.key("ClientID").text(instance.client_id);
    json.key("Timestamp").epoch_seconds(now.time_since_epoch().count());
    json.key("RequestCount").integer(static_cast<std::int64_t>(rule.requests));
    json.key("SampledCount").integer(static_cast<std::int64_t>(rule.sampled));
    json.key("BorrowCount").integer(static_cast<std::int64_t>(rule.borrowed));
    json.end_object();
  }
  json.end_array();
  write_anomalies(json, statistics, instance.service_name, now);
  json.end_object();
  return std::string(buffer.view());
}

Result<SamplingGrants> read_sampling_targets(std::string_view body) {
  const Result<Reader> reader = Reader::of(body, "/SamplingTargetDocuments");
  if (!reader) return unexpected(reader.error());
  SamplingGrants grants{.last_rule_modification = reader->time("/LastRuleModification")};
  // No answer of ours has more: one call reports no more rules.
  const std::size_t count = *reader->count("/SamplingTargetDocuments");
  const std::size_t read = std::min(count, kMaxStatisticsPerCall);
  grants.skipped = count - read;
  for (std::size_t i = 0; i < read; ++i) {
    auto target = read_target(*reader, "/SamplingTargetDocuments/" + std::to_string(i));
    if (target) {
      grants.targets.push_back(*std::move(target));
    } else {
      ++grants.skipped;
    }
  }
  read_unprocessed(*reader, "/UnprocessedStatistics", grants.unprocessed);
  read_unprocessed(*reader, "/UnprocessedBoostStatistics", grants.unprocessed);
  return grants;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
