// SPDX-License-Identifier: Apache-2.0
#include "console/xray/trace_spans.hpp"

#include "console/map/trace_graph.hpp"
#include "console/xray/json_members.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace aloft::console::xray {
namespace {

namespace dom = simdjson::dom;

// Ours: what is compared of a text; a search for more than this finds nothing.
constexpr std::size_t kMaxTextBytes = 1024;
// Ours: the first of a span's exceptions tell what went wrong.
constexpr std::size_t kMaxExceptions = 8;

std::string cut(std::string_view text) { return std::string(text::cut(text, kMaxTextBytes)); }

void read_http(dom::object span, TraceSpan& out) {
  const auto http = object_of(span, "http");
  if (!http) return;
  if (const auto request = object_of(*http, "request")) {
    out.method = cut(text_of(*request, "method"));
    out.url = cut(text_of(*request, "url"));
    out.user_agent = cut(text_of(*request, "user_agent"));
    out.client_ip = cut(text_of(*request, "client_ip"));
  }
  const auto response = object_of(*http, "response");
  std::int64_t status = 0;
  if (response && (*response)["status"].get(status) == simdjson::SUCCESS && status >= 100 &&
      status <= 999) {
    out.status = static_cast<int>(status);
  }
}

void read_place(dom::object span, TraceSpan& out) {
  out.user = cut(text_of(span, "user"));
  out.resource_arn = cut(text_of(span, "resource_arn"));
  const auto aws = object_of(span, "aws");
  const auto ec2 = aws ? object_of(*aws, "ec2") : std::nullopt;
  if (!ec2) return;
  out.instance_id = cut(text_of(*ec2, "instance_id"));
  out.zone = cut(text_of(*ec2, "availability_zone"));
}

void read_exceptions(dom::object span, TraceSpan& out) {
  const auto cause = object_of(span, "cause");
  const auto exceptions = cause ? array_of(*cause, "exceptions") : std::nullopt;
  if (!exceptions) return;
  for (const dom::element element : *exceptions) {
    dom::object exception;
    if (out.exceptions.size() >= kMaxExceptions) return;
    if (element.get(exception) != simdjson::SUCCESS) continue;
    out.exceptions.push_back({cut(text_of(exception, "type")), cut(text_of(exception, "message"))});
  }
}

}  // namespace

void TraceSpans::add(const Document& document, dom::object root) {
  std::size_t next = 0;
  read(document, root, next);
}

// The facts of a document stand in the order of this walk. Bounded by the depth that documents were
// accepted with.
void TraceSpans::read(const Document& document, dom::object span, std::size_t& next) {
  if (next >= document.facts.size() || spans_.size() >= kMaxTraceSpans) return;
  TraceSpan out;
  out.facts = document.facts[next++];
  out.name = cut(text_of(span, "name"));
  read_http(span, out);
  read_place(span, out);
  read_exceptions(span, out);
  spans_.push_back(std::move(out));
  const auto children = array_of(span, "subsegments");
  if (!children) return;
  for (const dom::element element : *children) {
    dom::object child;
    if (element.get(child) == simdjson::SUCCESS) read(document, child, next);
  }
}

void TraceSpans::finish() {
  std::stable_sort(spans_.begin(), spans_.end(), [](const TraceSpan& a, const TraceSpan& b) {
    return std::tuple(a.facts.id, a.in_progress(), a.facts.start_us) <
           std::tuple(b.facts.id, b.in_progress(), b.facts.start_us);
  });
  drop_repeated();
  for (std::uint32_t i = 0; i < spans_.size(); ++i) {
    TraceSpan& span = spans_[i];
    const std::uint32_t parent = span.facts.has_parent ? find(span.facts.parent) : TraceSpan::kNone;
    span.parent = parent == i ? TraceSpan::kNone : parent;
    children_.emplace_back(span.parent, i);
  }
  std::sort(children_.begin(), children_.end());
  std::vector<bool> known(spans_.size(), false);
  for (std::uint32_t i = 0; i < spans_.size(); ++i) place(i, known);
  for (std::uint32_t i = 0; i < spans_.size(); ++i) {
    const std::uint32_t parent = spans_[i].parent;
    if (!spans_[i].is_segment() || parent == TraceSpan::kNone) continue;
    TraceSpan& call = spans_[parent];
    if (call.is_call() && call.answer == TraceSpan::kNone) call.answer = i;
  }
  choose_root();
}

void TraceSpans::drop_repeated() {
  const auto same = [](const TraceSpan& a, const TraceSpan& b) {
    // 0: its id could not be read.
    return a.facts.id != 0 && a.facts.id == b.facts.id;
  };
  spans_.erase(std::unique(spans_.begin(), spans_.end(), same), spans_.end());
}

std::uint32_t TraceSpans::find(std::uint64_t id) const noexcept {
  const auto at = std::lower_bound(
      spans_.begin(), spans_.end(), id,
      [](const TraceSpan& span, std::uint64_t key) { return span.facts.id < key; });
  if (id == 0 || at == spans_.end() || at->facts.id != id) return TraceSpan::kNone;
  return static_cast<std::uint32_t>(at - spans_.begin());
}

// Walks up to a span whose owner is known, then down again. A circle ends where it began.
void TraceSpans::place(std::uint32_t start, std::vector<bool>& known) {
  std::vector<std::uint32_t> path;
  for (std::uint32_t at = start; at != TraceSpan::kNone && !known[at]; at = spans_[at].parent) {
    known[at] = true;
    path.push_back(at);
  }
  for (auto i = path.rbegin(); i != path.rend(); ++i) {
    TraceSpan& span = spans_[*i];
    if (span.is_segment()) {
      span.owner = *i;
    } else if (span.parent != TraceSpan::kNone) {
      span.owner = spans_[span.parent].owner;
    }
  }
}

void TraceSpans::choose_root() {
  const auto rank = [](const TraceSpan& span) {
    return std::tuple(span.facts.has_parent, span.facts.start_us, span.facts.id);
  };
  for (std::uint32_t i = 0; i < spans_.size(); ++i) {
    if (!spans_[i].is_segment()) continue;
    if (root_ == TraceSpan::kNone || rank(spans_[i]) < rank(spans_[root_])) root_ = i;
  }
}

}  // namespace aloft::console::xray
