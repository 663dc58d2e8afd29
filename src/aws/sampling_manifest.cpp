// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/sampling_manifest.hpp>

#include "aws/files.hpp"

#include <aloft/http/json_reader.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using http::JsonDocument;

constexpr std::size_t kDepth = 8;
constexpr std::string_view kForm =
    R"(write {"version": 2, "default": {"fixed_target": 1, "rate": 0.05}, "rules": []})";
constexpr const char* kMatchFields[] = {"/host", "/service_name", "/http_method", "/url_path"};

Unexpected wrong(std::string place, std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, std::move(place) + " " + std::string(what),
              std::string(remedy));
}

/// Reads one manifest; of a field that cannot be used, the first is the error.
class ManifestReader {
 public:
  explicit ManifestReader(const JsonDocument& manifest) : manifest_(manifest) {}

  Result<std::vector<SamplingRule>> read() {
    if (!manifest_.is_object()) return wrong("the manifest", "is no JSON object", kForm);
    const Result<std::int64_t> version = manifest_.integer("/version");
    if (!version || (*version != 1 && *version != 2)) {
      return wrong("/version", "is neither 1 nor 2", "write 2");
    }
    host_field_ = *version == 1 ? "/service_name" : "/host";
    if (Result<void> ok = read_rules(); !ok) return unexpected(ok.error());
    if (Result<void> ok = read_default(); !ok) return unexpected(ok.error());
    return std::move(rules_);
  }

 private:
  Result<void> read_rules() {
    if (!manifest_.has("/rules")) return {};
    // An object has a size, too; its members have no place 0.
    const Result<std::size_t> count = manifest_.size("/rules");
    if (!count || (*count != 0 && !manifest_.has("/rules/0"))) {
      return wrong("/rules", "is not an array", kForm);
    }
    if (*count > kMaxSamplingRules) {
      return fail(ErrorCode::resource_exhausted,
                  "/rules has more than " + std::to_string(kMaxSamplingRules) + " members",
                  "join rules with * and ?");
    }
    for (std::size_t i = 0; i < *count; ++i) {
      if (Result<void> ok = read_rule("/rules/" + std::to_string(i), i); !ok) return ok;
    }
    return {};
  }

  Result<void> read_rule(const std::string& at, std::size_t place) {
    SamplingRule rule{.name = "local-" + std::to_string(place + 1),
                      .priority = static_cast<std::int32_t>(place + 1)};
    for (const auto& [field, into] : {std::pair{host_field_, &rule.host},
                                      {"/http_method", &rule.http_method},
                                      {"/url_path", &rule.url_path}}) {
      const Result<std::string_view> text = manifest_.text(at + field);
      if (!text) return wrong(at + field, "is missing or no string", "\"*\" is for every request");
      *into = *text;
    }
    if (Result<void> ok = read_shares(at, rule); !ok) return ok;
    rules_.push_back(std::move(rule));
    return {};
  }

  Result<void> read_default() {
    const std::string at = "/default";
    if (!manifest_.has(at)) return wrong(at, "is missing", kForm);
    for (const char* field : kMatchFields) {
      if (manifest_.has(at + field)) {
        return wrong(at + field, "is there, and the default is for every request",
                     "leave it out, or make it a rule");
      }
    }
    SamplingRule rule = built_in_rule();
    if (Result<void> ok = read_shares(at, rule); !ok) return ok;
    rules_.push_back(std::move(rule));
    return {};
  }

  Result<void> read_shares(const std::string& at, SamplingRule& rule) {
    const Result<std::int64_t> target = manifest_.integer(at + "/fixed_target");
    if (!target || *target < 0 || *target > (std::numeric_limits<std::uint32_t>::max)()) {
      return wrong(at + "/fixed_target", "is missing or not a whole number from 0 on",
                   "give the requests a second that are always sampled");
    }
    const Result<double> rate = manifest_.number(at + "/rate");
    if (!rate || !(*rate >= 0.0 && *rate <= 1.0)) {
      return wrong(at + "/rate", "is missing or not a number from 0 to 1",
                   "give a fraction: 0.05 is five percent");
    }
    rule.reservoir = static_cast<std::uint32_t>(*target);
    rule.rate = *rate;
    return {};
  }

  const JsonDocument& manifest_;
  const char* host_field_ = "/host";
  std::vector<SamplingRule> rules_;
};

}  // namespace

Result<std::vector<SamplingRule>> read_sampling_manifest(std::string_view json) {
  const Result<JsonDocument> manifest =
      JsonDocument::parse(json, {.bytes = kMaxManifestBytes, .depth = kDepth});
  if (!manifest) {
    return fail(manifest.error().code, "the manifest cannot be read: " + manifest.error().message,
                std::string(kForm));
  }
  return ManifestReader(*manifest).read();
}

Result<std::vector<SamplingRule>> load_sampling_manifest(const std::string& path) {
  const Result<Secret> content = read_file(path, kMaxManifestBytes);
  if (!content) return unexpected(content.error());
  return read_sampling_manifest(content->reveal());
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
