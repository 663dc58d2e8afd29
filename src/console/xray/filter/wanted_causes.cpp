// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter/terms.hpp"
#include "console/xray/json_members.hpp"

#include <algorithm>
#include <utility>

namespace aloft::console::xray {
namespace {

namespace dom = simdjson::dom;

// Ours: a list of causes of services of entities, and something to spare.
constexpr std::size_t kMaxDepth = 16;

std::optional<std::string> name_of(dom::object object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<WantedService> service_of(dom::element element) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return std::nullopt;
  WantedService service{name_of(object, "Name"), name_of(object, "Type"), std::nullopt};
  const auto path = array_of(object, "EntityPath");
  if (!path) return service;
  service.path.emplace();
  for (const dom::element entity : *path) {
    dom::object inner;
    if (entity.get(inner) != simdjson::SUCCESS) return std::nullopt;
    service.path->emplace_back(text_of(inner, "Name"));
  }
  return service;
}

}  // namespace

std::optional<std::vector<WantedCause>> parse_wanted_causes(std::string_view json) {
  dom::parser parser;
  dom::array causes;
  if (parser.allocate(json.size() + 1, kMaxDepth) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(causes) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::vector<WantedCause> out;
  for (const dom::element element : causes) {
    dom::object cause;
    if (element.get(cause) != simdjson::SUCCESS) return std::nullopt;
    const auto services = array_of(cause, "Services");
    if (!services) return std::nullopt;
    WantedCause wanted;
    for (const dom::element service : *services) {
      auto one = service_of(service);
      if (!one) return std::nullopt;
      wanted.push_back(std::move(*one));
    }
    out.push_back(std::move(wanted));
  }
  return out;
}

bool is_wanted(const RootCause& cause, const WantedCause& wanted) {
  return std::equal(
      cause.services.begin(), cause.services.end(), wanted.begin(), wanted.end(),
      [](const CauseService& service, const WantedService& one) {
        return (!one.name || service.name == *one.name) &&
               (!one.type || service.type == *one.type) &&
               (!one.path ||
                std::equal(service.path.begin(), service.path.end(), one.path->begin(),
                           one.path->end(), [](const CauseEntity& entity, const std::string& name) {
                             return entity.name == name;
                           }));
      });
}

}  // namespace aloft::console::xray
