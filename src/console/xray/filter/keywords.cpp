// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter/keywords.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>

namespace aloft::console::xray {
namespace {

constexpr std::uint8_t bit(Scope scope) { return static_cast<std::uint8_t>(scope); }
constexpr std::uint8_t kSpans = bit(Scope::trace) | bit(Scope::service) | bit(Scope::edge);
constexpr std::uint8_t kEntities = bit(Scope::cause_entity) | bit(Scope::time_entity);
constexpr std::uint8_t kElements =
    bit(Scope::cause_service) | kEntities | bit(Scope::cause_exception);

constexpr std::string_view kNotOfCauses = "a root cause does not tell this";
constexpr std::string_view kElement =
    "this is about the elements of a root cause, as in rootcause.fault.service { last }";
constexpr std::string_view kRemote =
    "this is about the entities of a root cause, as in rootcause.fault.entity { remote }";
constexpr std::string_view kInferred = "this is about a trace or a service";
constexpr std::string_view kRoot = "this is about a service, as in service() { root }";
constexpr std::string_view kCoverage =
    "this is about response times, as in rootcause.responsetime.entity { coverage > 0.5 }";
constexpr std::string_view kName =
    "this is about a service or a root cause, as in rootcause.fault.entity { name = \"text\" }";
constexpr std::string_view kType =
    "this is about a service, as in service(id(type: \"AWS::Lambda::Function\"))";
constexpr std::string_view kMessage =
    "this is about exceptions, as in rootcause.fault.exception { message CONTAINS \"text\" }";

using Type = KeywordType;
constexpr std::array<KeywordInfo, 26> kKeywords = {{
    {"ok", Keyword::ok, Type::boolean, kSpans, kNotOfCauses},
    {"error", Keyword::error, Type::boolean, kSpans, kNotOfCauses},
    {"throttle", Keyword::throttle, Type::boolean, kSpans, kNotOfCauses},
    {"fault", Keyword::fault, Type::boolean, kSpans, kNotOfCauses},
    {"partial", Keyword::partial, Type::boolean, kSpans, kNotOfCauses},
    {"inferred", Keyword::inferred, Type::boolean,
     bit(Scope::trace) | bit(Scope::service) | bit(Scope::cause_service), kInferred},
    {"first", Keyword::first, Type::boolean, kElements, kElement},
    {"last", Keyword::last, Type::boolean, kElements, kElement},
    {"remote", Keyword::remote, Type::boolean, kEntities, kRemote},
    {"root", Keyword::root, Type::boolean, bit(Scope::service), kRoot},
    {"responsetime", Keyword::response_time, Type::number, kSpans, kNotOfCauses},
    {"duration", Keyword::duration, Type::number, kSpans, kNotOfCauses},
    {"http.status", Keyword::status, Type::number, kSpans, kNotOfCauses},
    {"index", Keyword::index, Type::number, kElements, kElement},
    {"coverage", Keyword::coverage, Type::number, bit(Scope::time_entity), kCoverage},
    {"http.url", Keyword::url, Type::text, kSpans, kNotOfCauses},
    {"http.method", Keyword::method, Type::text, kSpans, kNotOfCauses},
    {"http.useragent", Keyword::user_agent, Type::text, kSpans, kNotOfCauses},
    {"http.clientip", Keyword::client_ip, Type::text, kSpans, kNotOfCauses},
    {"user", Keyword::user, Type::text, kSpans, kNotOfCauses},
    {"name", Keyword::name, Type::text, bit(Scope::service) | kElements, kName},
    {"type", Keyword::type, Type::text, bit(Scope::service) | bit(Scope::cause_service), kType},
    {"message", Keyword::message, Type::text, bit(Scope::cause_exception), kMessage},
    {"availabilityzone", Keyword::zone, Type::text, kSpans, kNotOfCauses},
    {"instance.id", Keyword::instance_id, Type::text, kSpans, kNotOfCauses},
    {"resource.arn", Keyword::resource_arn, Type::text, kSpans, kNotOfCauses},
}};

}  // namespace

const KeywordInfo* find_keyword(std::string_view name) noexcept {
  const auto* found = std::find_if(
      kKeywords.begin(), kKeywords.end(),
      [&](const KeywordInfo& keyword) { return text::equals_ignoring_case(keyword.name, name); });
  return found == kKeywords.end() ? nullptr : found;
}

}  // namespace aloft::console::xray
