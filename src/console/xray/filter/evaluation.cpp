// SPDX-License-Identifier: Apache-2.0
#include "console/xray/filter/evaluation.hpp"

#include "console/expression/compare.hpp"
#include "console/xray/operations.hpp"

#include <algorithm>
#include <charconv>

namespace aloft::console::xray {
namespace {

using expression::Operator;

// The node of the callers outside, as the service graph draws it.
constexpr std::string_view kClient = "client";

bool is_same_truth(bool found, const Comparison& wanted) noexcept {
  return (found == wanted.value.truth) == (wanted.op == Operator::equal);
}

bool is_wanted_value(const FoldedAnnotation& found, const Comparison& wanted) {
  using Type = FoldedAnnotation::Type;
  switch (wanted.value.kind) {
    case TermValue::Kind::text:
      return found.type == Type::text &&
             expression::compare_texts(found.value, wanted.op, wanted.value.text);
    case TermValue::Kind::boolean:
      return found.type == Type::boolean && is_same_truth(found.value == "true", wanted);
    case TermValue::Kind::number:
      break;
  }
  double number = 0;
  const char* const end = found.value.data() + found.value.size();
  return found.type == Type::number &&
         std::from_chars(found.value.data(), end, number).ptr == end &&
         expression::compare_numbers(number, wanted.op, wanted.value.number);
}

}  // namespace

bool NodePattern::matches(std::string_view node_name, std::string_view node_type) const {
  return (!name || *name == node_name) && (!type || *type == node_type) &&
         (!account || *account == kAccount);
}

bool Evaluation::holds(expression::NodeId node, const Subject& subject) {
  return program_.tree.evaluate(
      node, [&](std::uint32_t operand) { return term_holds(program_.terms[operand], subject); });
}

bool Evaluation::term_holds(const Term& term, const Subject& subject) {
  switch (term.kind) {
    case Term::Kind::keyword:
      return keyword_holds(term, subject);
    case Term::Kind::annotation:
      return annotation_holds(term);
    case Term::Kind::service:
      return service_holds(term);
    case Term::Kind::edge:
      return edge_holds(term);
    case Term::Kind::cause:
      return cause_holds(term);
    case Term::Kind::cause_json:
      return cause_json_holds(term);
  }
  return false;
}

bool Evaluation::block_holds(const Term& term, const Subject& subject) {
  return term.block == expression::kNoNode || holds(term.block, subject);
}

bool Evaluation::keyword_holds(const Term& term, const Subject& subject) const {
  const auto& wanted = term.comparison;
  switch (term.type) {
    case KeywordType::boolean: {
      const bool found = truth_of(term.keyword, subject);
      return wanted ? is_same_truth(found, *wanted) : found;
    }
    case KeywordType::number: {
      const auto found = number_of(term.keyword, subject);
      return found &&
             (!wanted || expression::compare_numbers(*found, wanted->op, wanted->value.number));
    }
    case KeywordType::text:
      return any_text_of(term.keyword, subject, [&](std::string_view found) {
        return !wanted || expression::compare_texts(found, wanted->op, wanted->value.text);
      });
  }
  return false;
}

bool Evaluation::annotation_holds(const Term& term) const {
  return std::any_of(trace_.annotations.begin(), trace_.annotations.end(),
                     [&](const FoldedAnnotation& found) {
                       return found.key == term.key &&
                              (!term.comparison || is_wanted_value(found, *term.comparison));
                     });
}

bool Evaluation::service_holds(const Term& term) {
  const auto& spans = trace_.spans.all();
  return std::any_of(spans.begin(), spans.end(), [&](const TraceSpan& span) {
    if (!span.is_segment() && !span.is_unanswered()) return false;
    const std::string& name = span.is_segment() ? span.name : span.facts.name;
    return term.to.matches(name, span.facts.type) &&
           block_holds(term, {.scope = Scope::service, .trace = &trace_, .span = &span});
  });
}

bool Evaluation::edge_holds(const Term& term) {
  const auto& spans = trace_.spans.all();
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    const TraceSpan& span = spans[i];
    if (span.is_segment()) {
      if (edge_to_segment_holds(term, i)) return true;
      continue;
    }
    if (!span.is_unanswered() || span.owner == TraceSpan::kNone) continue;
    const TraceSpan& from = spans[span.owner];
    if (term.from.matches(from.name, from.facts.type) &&
        term.to.matches(span.facts.name, span.facts.type) &&
        block_holds(term, {.scope = Scope::edge, .trace = &trace_, .span = &span})) {
      return true;
    }
  }
  return false;
}

// The caller's view when there is one; a second answer to one call speaks for itself.
bool Evaluation::edge_to_segment_holds(const Term& term, std::uint32_t callee) {
  const auto& spans = trace_.spans.all();
  const TraceSpan& to = spans[callee];
  if (!term.to.matches(to.name, to.facts.type)) return false;
  if (to.parent == TraceSpan::kNone) {
    // From outside. That node has the name of the service it calls, so only its type names it.
    return term.from.type == kClient && term.from.matches(to.name, kClient) &&
           block_holds(term, {.scope = Scope::edge, .trace = &trace_, .span = &to});
  }
  const TraceSpan& parent = spans[to.parent];
  if (parent.owner == TraceSpan::kNone || parent.owner == callee) return false;
  const TraceSpan& from = spans[parent.owner];
  const TraceSpan& view = parent.answer == callee ? parent : to;
  return term.from.matches(from.name, from.facts.type) &&
         block_holds(term, {.scope = Scope::edge, .trace = &trace_, .span = &view});
}

bool Evaluation::cause_holds(const Term& term) {
  const auto& found = causes(term.cause);
  return std::any_of(found.begin(), found.end(),
                     [&](const RootCause& cause) { return elements_hold(term, cause); });
}

// Entities, and their exceptions, are counted through all services of the cause.
bool Evaluation::elements_hold(const Term& term, const RootCause& cause) {
  std::vector<Subject> elements;
  for (const CauseService& service : cause.services) {
    Subject subject{.scope = term.elements, .trace = &trace_};
    if (term.elements == Scope::cause_service) {
      subject.service = &service;
      elements.push_back(subject);
      continue;
    }
    for (const CauseEntity& entity : service.path) {
      if (term.elements != Scope::cause_exception) {
        subject.entity = &entity;
        elements.push_back(subject);
        continue;
      }
      if (entity.exceptions == nullptr) continue;
      for (const SpanException& exception : *entity.exceptions) {
        subject.exception = &exception;
        elements.push_back(subject);
      }
    }
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i].index = i;
    elements[i].last = i + 1 == elements.size();
    if (block_holds(term, elements[i])) return true;
  }
  return false;
}

bool Evaluation::cause_json_holds(const Term& term) {
  const auto is_there = [&](const WantedCause& wanted) {
    for (const CauseKind kind : {CauseKind::fault, CauseKind::error, CauseKind::response_time}) {
      const auto& found = causes(kind);
      if (std::any_of(found.begin(), found.end(),
                      [&](const RootCause& cause) { return is_wanted(cause, wanted); })) {
        return true;
      }
    }
    return false;
  };
  const bool all = std::all_of(term.wanted.begin(), term.wanted.end(), is_there);
  return all == (term.comparison->op == Operator::equal);
}

const std::vector<RootCause>& Evaluation::causes(CauseKind kind) {
  auto& slot = causes_[static_cast<std::size_t>(kind)];
  if (!slot) slot = root_causes(trace_.spans, kind);
  return *slot;
}

}  // namespace aloft::console::xray
