// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter/subject.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace aloft::console::xray {
namespace {

bool truth_of_trace(Keyword keyword, const TraceFold& trace) {
  switch (keyword) {
    case Keyword::ok:
      return !trace.fault && !trace.error && !trace.root_throttle;
    case Keyword::error:
      return trace.error;
    case Keyword::throttle:
      return trace.throttle;
    case Keyword::fault:
      return trace.fault;
    case Keyword::partial:
      return trace.partial;
    case Keyword::inferred:
      return std::any_of(trace.spans.all().begin(), trace.spans.all().end(),
                         [](const TraceSpan& span) { return span.is_unanswered(); });
    default:
      return false;
  }
}

bool truth_of_span(Keyword keyword, const TraceSpan& span) {
  const SpanFacts& facts = span.facts;
  switch (keyword) {
    case Keyword::ok:
      return !facts.fault && !facts.error && !facts.throttle;
    case Keyword::error:
      return facts.error;
    case Keyword::throttle:
      return facts.throttle;
    case Keyword::fault:
      return facts.fault;
    case Keyword::partial:
      return span.in_progress();
    case Keyword::inferred:
      return span.is_unanswered();
    case Keyword::root:
      return span.is_segment() && !facts.has_parent;
    default:
      return false;
  }
}

bool truth_of_element(Keyword keyword, const Subject& subject) {
  switch (keyword) {
    case Keyword::first:
      return subject.index == 0;
    case Keyword::last:
      return subject.last;
    case Keyword::inferred:
      return subject.service != nullptr && subject.service->inferred;
    case Keyword::remote:
      return subject.entity != nullptr && subject.entity->remote;
    default:
      return false;
  }
}

std::optional<double> seconds(bool ended, double value) {
  return ended ? std::optional(value) : std::nullopt;
}

std::optional<double> status(int value) {
  return value == 0 ? std::nullopt : std::optional<double>(value);
}

std::optional<double> number_of_trace(Keyword keyword, const TraceFold& trace) {
  switch (keyword) {
    case Keyword::response_time:
      return seconds(trace.root_end_us != 0, trace.response_time());
    case Keyword::duration:
      return seconds(trace.end_us != 0, trace.duration());
    case Keyword::status:
      return status(trace.status);
    default:
      return std::nullopt;
  }
}

std::string_view text_of_span(Keyword keyword, const Subject& subject) {
  const TraceSpan& span = *subject.span;
  switch (keyword) {
    case Keyword::url:
      return span.url;
    case Keyword::method:
      return span.method;
    case Keyword::user_agent:
      return span.user_agent;
    case Keyword::client_ip:
      return span.client_ip;
    case Keyword::user:
      return span.user;
    case Keyword::name:
      return span.is_call() ? span.facts.name : span.name;
    case Keyword::type:
      return span.facts.type;
    case Keyword::zone:
      return span.zone;
    case Keyword::instance_id:
      return span.instance_id;
    case Keyword::resource_arn:
      return span.resource_arn;
    default:
      return {};
  }
}

std::string_view text_of_element(Keyword keyword, const Subject& subject) {
  if (keyword == Keyword::message) return subject.exception->message;
  if (keyword == Keyword::type) return subject.service->type;
  if (subject.exception != nullptr) return subject.exception->name;
  return subject.entity != nullptr ? subject.entity->name : subject.service->name;
}

using Passes = std::function<bool(std::string_view)>;

bool passes_one(std::string_view text, const Passes& passes) {
  return !text.empty() && passes(text);
}

bool passes_any(const std::vector<std::string>& texts, const Passes& passes) {
  return std::any_of(texts.begin(), texts.end(), passes);
}

bool any_text_of_trace(Keyword keyword, const TraceFold& trace, const Passes& passes) {
  switch (keyword) {
    case Keyword::url:
      return passes_one(trace.url, passes);
    case Keyword::method:
      return passes_one(trace.method, passes);
    case Keyword::user_agent:
      return passes_one(trace.user_agent, passes);
    case Keyword::client_ip:
      return passes_one(trace.client_ip, passes);
    case Keyword::user:
      return std::any_of(trace.users.begin(), trace.users.end(),
                         [&](const FoldedUser& user) { return passes(user.name); });
    case Keyword::zone:
      return passes_any(trace.zones, passes);
    case Keyword::instance_id:
      return passes_any(trace.instance_ids, passes);
    case Keyword::resource_arn:
      return passes_any(trace.resource_arns, passes);
    default:
      return false;
  }
}

}  // namespace

bool truth_of(Keyword keyword, const Subject& subject) {
  if (subject.scope == Scope::trace) return truth_of_trace(keyword, *subject.trace);
  if (subject.span != nullptr) return truth_of_span(keyword, *subject.span);
  return truth_of_element(keyword, subject);
}

std::optional<double> number_of(Keyword keyword, const Subject& subject) {
  if (subject.scope == Scope::trace) return number_of_trace(keyword, *subject.trace);
  if (keyword == Keyword::index) return static_cast<double>(subject.index);
  if (keyword == Keyword::coverage) return subject.entity->coverage;
  if (keyword == Keyword::status) return status(subject.span->status);
  return seconds(!subject.span->in_progress(), subject.span->seconds());
}

bool any_text_of(Keyword keyword, const Subject& subject, const Passes& passes) {
  if (subject.scope == Scope::trace) return any_text_of_trace(keyword, *subject.trace, passes);
  if (subject.span != nullptr) return passes_one(text_of_span(keyword, subject), passes);
  return passes_one(text_of_element(keyword, subject), passes);
}

}  // namespace aloft::console::xray
