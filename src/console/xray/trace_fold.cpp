// SPDX-License-Identifier: Apache-2.0
#include "console/xray/trace_fold.hpp"

#include "console/xray/json_members.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace aloft::console::xray {
namespace {

namespace dom = simdjson::dom;

void add_once(std::vector<std::string>& list, std::string_view value) {
  if (value.empty() || list.size() >= kMaxFolded) return;
  if (std::find(list.begin(), list.end(), value) == list.end()) list.emplace_back(value);
}

// Folds one document after the other; the root is the segment without a parent that began first,
// else the first segment.
class Folding {
 public:
  explicit Folding(TraceFold& out) noexcept : out_(out) {}

  void add(const Document& document, dom::object root) {
    add_times(document);
    out_.throttle |= document.throttle;
    out_.partial |= document.in_progress;
    if (!document.subsegment) add_segment(document, root);
    add_annotations(document, document.subsegment ? std::string_view() : document.name);
  }

  void finish() { out_.partial |= !out_.has_root; }

 private:
  using Rank = std::tuple<bool, std::int64_t, std::uint64_t>;

  void add_times(const Document& document) {
    out_.start_us = first_ ? document.start_us : std::min(out_.start_us, document.start_us);
    out_.end_us = std::max(out_.end_us, document.end_us);
    first_ = false;
  }

  void add_segment(const Document& document, dom::object root) {
    const auto known =
        std::find_if(out_.services.begin(), out_.services.end(),
                     [&](const FoldedService& service) { return service.name == document.name; });
    if (known == out_.services.end() && out_.services.size() < kMaxFolded) {
      out_.services.push_back({document.name, std::string(text_of(root, "origin"))});
    }
    if (!document.user.empty() && out_.users.size() < kMaxFolded) {
      out_.users.push_back({document.user, document.name});
    }
    add_once(out_.resource_arns, text_of(root, "resource_arn"));
    const auto aws = object_of(root, "aws");
    if (const auto ec2 = aws ? object_of(*aws, "ec2") : std::nullopt) {
      add_once(out_.instance_ids, text_of(*ec2, "instance_id"));
      add_once(out_.zones, text_of(*ec2, "availability_zone"));
    }
    const Rank rank{document.has_parent, document.start_us, document.id};
    if (has_segment_ && rank >= rank_) return;
    has_segment_ = true;
    rank_ = rank;
    become_root(document, root);
  }

  void become_root(const Document& document, dom::object root) {
    out_.has_root = !document.has_parent;
    out_.entry = document.name;
    out_.root_start_us = document.start_us;
    out_.root_end_us = document.end_us;
    out_.fault = flag_of(root, "fault");
    out_.error = flag_of(root, "error");
    out_.root_throttle = flag_of(root, "throttle");
    out_.status = document.status;
    out_.method = document.method;
    out_.url = document.url;
    const auto http = object_of(root, "http");
    const auto request = http ? object_of(*http, "request") : std::nullopt;
    out_.user_agent = request ? text_of(*request, "user_agent") : std::string_view();
    out_.client_ip = request ? text_of(*request, "client_ip") : std::string_view();
  }

  void add_annotations(const Document& document, std::string_view service) {
    for (const Annotation& annotation : document.annotations) {
      const bool boolean = annotation.value == "true" || annotation.value == "false";
      const auto type = annotation.is_text ? FoldedAnnotation::Type::text
                        : boolean          ? FoldedAnnotation::Type::boolean
                                           : FoldedAnnotation::Type::number;
      const bool known = std::any_of(
          out_.annotations.begin(), out_.annotations.end(), [&](const FoldedAnnotation& other) {
            return other.key == annotation.key && other.value == annotation.value &&
                   other.type == type && other.service == service;
          });
      if (known || out_.annotations.size() >= kMaxFolded) continue;
      out_.annotations.push_back({annotation.key, annotation.value, type, std::string(service)});
    }
  }

  TraceFold& out_;
  bool first_ = true;
  bool has_segment_ = false;
  Rank rank_;
};

double seconds(std::int64_t start_us, std::int64_t end_us) noexcept {
  return end_us <= start_us ? 0 : static_cast<double>(end_us - start_us) / 1e6;
}

}  // namespace

TraceFold TraceFolder::fold(const TraceDetail& detail, FoldDepth depth) {
  TraceFold out;
  Folding folding(out);
  for (std::size_t i = 0; i < detail.ends.size(); ++i) {
    const std::string_view json = detail.document(i);
    auto parsed = parser_.parse(json);
    const auto* document = std::get_if<Document>(&parsed);
    dom::element element;
    dom::object root;
    if (document == nullptr ||
        dom_.parse(json.data(), json.size()).get(element) != simdjson::SUCCESS ||
        element.get(root) != simdjson::SUCCESS) {
      continue;
    }
    folding.add(*document, root);
    if (depth == FoldDepth::spans) out.spans.add(*document, root);
  }
  folding.finish();
  if (depth == FoldDepth::spans) out.spans.finish();
  return out;
}

double TraceFold::duration() const noexcept { return end_us == 0 ? 0 : seconds(start_us, end_us); }

double TraceFold::response_time() const noexcept { return seconds(root_start_us, root_end_us); }

}  // namespace aloft::console::xray
