// SPDX-License-Identifier: Apache-2.0
#include "console/trace_state.hpp"

#include "console/search.hpp"

#include <aloft/core/json_writer.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace aloft::console {
namespace {

// Ours: more than a row of the list can show. Together with url, names and error text, every byte
// escaped to six, they stay below `kMaxSummaryBytes`.
constexpr std::size_t kMaxAnnotationBytes = 8192;
constexpr std::size_t kMaxServiceBytes = 4096;
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;

}  // namespace

void TraceState::add(const Document& document) {
  const Rank rank{document.subsegment, document.has_parent, document.start_us, document.id};
  if (documents_ == 0 || rank < first_rank_) {
    first_rank_ = rank;
    name_ = document.name;
    service_ = document.subsegment ? std::string() : document.name;
    method_ = document.method;
    url_ = document.url;
    status_ = document.status;
  }
  if (!document.user.empty() && (user_.empty() || document.start_us < user_start_us_)) {
    user_ = document.user;
    user_start_us_ = document.start_us;
  }
  if (!document.error_text.empty() &&
      (error_text_.empty() || document.error_start_us < error_start_us_)) {
    error_text_ = document.error_text;
    error_start_us_ = document.error_start_us;
  }
  start_us_ = documents_ == 0 ? document.start_us : std::min(start_us_, document.start_us);
  end_us_ = std::max(end_us_, document.end_us);
  fault_ |= document.fault;
  error_ |= document.error;
  throttle_ |= document.throttle;
  in_progress_ |= document.in_progress;
  spans_ += document.spans;
  ++documents_;
  add_annotations(document.annotations);
  if (!document.subsegment) add_service(document);
}

void TraceState::add_annotations(const std::vector<Annotation>& annotations) {
  for (const Annotation& annotation : annotations) {
    const auto known =
        std::find_if(annotations_.begin(), annotations_.end(),
                     [&](const Annotation& other) { return other.key == annotation.key; });
    const bool fresh = known == annotations_.end();
    if (fresh ? annotations_.size() >= kMaxAnnotations : annotation.start_us >= known->start_us) {
      continue;
    }
    const std::size_t before = fresh ? 0 : known->key.size() + known->value.size();
    const std::size_t after = annotation.key.size() + annotation.value.size();
    if (annotation_bytes_ - before + after > kMaxAnnotationBytes) continue;
    annotation_bytes_ += after - before;
    if (fresh) {
      annotations_.push_back(annotation);
    } else {
      *known = annotation;
    }
  }
}

void TraceState::add_service(const Document& document) {
  const auto known = std::find_if(services_.begin(), services_.end(), [&](const Service& other) {
    return other.name == document.name;
  });
  if (known != services_.end()) {
    known->start_us = std::min(known->start_us, document.start_us);
  } else if (service_bytes_ + document.name.size() <= kMaxServiceBytes) {
    service_bytes_ += document.name.size();
    services_.push_back({document.name, document.start_us});
  }
  std::sort(services_.begin(), services_.end(), [](const Service& a, const Service& b) {
    return std::tie(a.start_us, a.name) < std::tie(b.start_us, b.name);
  });
}

std::string_view TraceState::annotation(std::string_view key) const noexcept {
  for (const Annotation& annotation : annotations_) {
    if (annotation.key == key) return annotation.value;
  }
  return {};
}

std::string_view TraceState::user() const noexcept {
  return user_.empty() ? annotation("user_id") : std::string_view(user_);
}

std::int64_t TraceState::duration_us() const noexcept {
  return end_us_ == 0 ? 0 : std::max<std::int64_t>(end_us_ - start_us_, 0);
}

std::string TraceState::summary_json(std::uint64_t revision) const {
  json::Buffer buffer(kMaxSummaryBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("id").text(id_.text());
  json.key("start").epoch_seconds(start_us_ * kNanosecondsPerMicrosecond);
  json.key("duration").number(static_cast<double>(duration_us()) / 1e6);
  json.key("service").text(service_);
  json.key("name").text(name_);
  json.key("method").text(method_);
  json.key("url").text(url_);
  json.key("status").integer(status_);
  json.key("fault").boolean(fault_);
  json.key("error").boolean(error_);
  json.key("throttle").boolean(throttle_);
  json.key("in_progress").boolean(in_progress_);
  json.key("error_text").text(error_text_);
  json.key("tenant").text(annotation("tenant_id"));
  json.key("user").text(user());
  json.key("request_id").text(annotation("request_id"));
  json.key("annotations").begin_object();
  for (const Annotation& annotation : annotations_) {
    json.key(annotation.key);
    if (annotation.is_text) {
      json.text(annotation.value);
    } else {
      json.raw(annotation.value);
    }
  }
  json.end_object();
  json.key("services").begin_array();
  for (const Service& service : services_) json.text(service.name);
  json.end_array();
  json.key("segments").integer(static_cast<std::int64_t>(documents_));
  json.key("spans").integer(static_cast<std::int64_t>(spans_));
  json.key("revision").integer(static_cast<std::int64_t>(revision));
  json.end_object();
  return std::string(buffer.view());
}

std::string TraceState::searchable() const {
  std::string out;
  append_duration(out, duration_us());
  append_searchable(out, id_.text());
  for (const Service& service : services_) append_searchable(out, service.name);
  append_searchable(out, name_);
  append_searchable(out, method_);
  append_searchable(out, url_);
  if (status_ != 0) {
    char digits[16];
    append_searchable(out, {digits, static_cast<std::size_t>(
                                        std::to_chars(digits, digits + 16, status_).ptr - digits)});
  }
  append_searchable(out, annotation("tenant_id"));
  append_searchable(out, user());
  append_searchable(out, annotation("request_id"));
  append_searchable(out, error_text_);
  for (const Annotation& annotation : annotations_) {
    append_searchable(out, annotation.key + "=" + annotation.value);
  }
  if (fault_) append_searchable(out, "fault");
  if (error_) append_searchable(out, "error");
  if (throttle_) append_searchable(out, "throttle");
  if (!fault_ && !error_ && !throttle_) append_searchable(out, "ok");
  if (in_progress_) append_searchable(out, "in_progress");
  return out;
}

}  // namespace aloft::console
