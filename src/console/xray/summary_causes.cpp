// SPDX-License-Identifier: Apache-2.0
#include "console/xray/summary_causes.hpp"

#include "console/xray/operations.hpp"
#include "console/xray/root_causes.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <vector>

namespace aloft::console::xray {
namespace {

constexpr std::size_t kMaxBytes = 200;

std::string_view cut(std::string_view text) { return text::cut(text, kMaxBytes); }

void write_entity(json::Writer& json, const CauseEntity& entity, CauseKind kind) {
  json.begin_object();
  json.key("Name").text(cut(entity.name));
  if (kind == CauseKind::response_time) {
    json.key("Coverage").number(entity.coverage);
  } else {
    json.key("Exceptions").begin_array();
    const std::size_t known = entity.exceptions == nullptr ? 0 : entity.exceptions->size();
    for (std::size_t i = 0; i < std::min(known, kMaxWrittenExceptions); ++i) {
      json.begin_object();
      json.key("Name").text(cut((*entity.exceptions)[i].name));
      json.key("Message").text(cut((*entity.exceptions)[i].message));
      json.end_object();
    }
    json.end_array();
  }
  json.key("Remote").boolean(entity.remote);
  json.end_object();
}

void write_service(json::Writer& json, const CauseService& service, CauseKind kind) {
  json.begin_object();
  json.key("Name").text(cut(service.name));
  json.key("Names").begin_array();
  json.text(cut(service.name));
  json.end_array();
  if (!service.type.empty()) json.key("Type").text(service.type);
  json.key("AccountId").text(kAccount);
  json.key("EntityPath").begin_array();
  for (const CauseEntity& entity : service.path) write_entity(json, entity, kind);
  json.end_array();
  json.key("Inferred").boolean(service.inferred);
  json.end_object();
}

template <std::size_t N>
void write_causes(json::Writer& json, const char (&name)[N], const TraceSpans& spans,
                  CauseKind kind) {
  const std::vector<RootCause> causes = root_causes(spans, kind);
  if (causes.empty()) return;
  json.key(name).begin_array();
  for (std::size_t i = 0; i < std::min(causes.size(), kMaxWrittenCauses); ++i) {
    json.begin_object();
    json.key("Services").begin_array();
    for (const CauseService& service : causes[i].services) write_service(json, service, kind);
    json.end_array();
    json.key("ClientImpacting").boolean(causes[i].client_impacting);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_root_causes(json::Writer& json, const TraceSpans& spans) {
  write_causes(json, "FaultRootCauses", spans, CauseKind::fault);
  write_causes(json, "ErrorRootCauses", spans, CauseKind::error);
  write_causes(json, "ResponseTimeRootCauses", spans, CauseKind::response_time);
}

}  // namespace aloft::console::xray
