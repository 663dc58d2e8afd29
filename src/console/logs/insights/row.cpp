// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/row.hpp"

#include "console/xray/operations.hpp"

#include <charconv>
#include <limits>

#include <simdjson.h>

namespace aloft::console::logs::insights {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kPointerDigits = 56;
// Ours: how deep in JSON fields are discovered.
constexpr std::size_t kMaxJsonDepth = 32;

constexpr std::string_view kSystem[] = {"@timestamp",   "@message",  "@logStream",
                                        "@log",         "@ptr",      "@ingestionTime",
                                        "@xrayTraceId", "@requestId"};
enum System : std::size_t { timestamp, message, log_stream, log, ptr, ingestion, trace, request };

std::size_t system_of(std::string_view name) noexcept {
  for (std::size_t i = 0; i < std::size(kSystem); ++i) {
    if (kSystem[i] == name) return i;
  }
  return kNone;
}

// As GetLogRecord takes it (`event_id_text`, which drags in the operations).
std::string pointer_of(std::uint64_t id) {
  const std::string digits = std::to_string(id);
  return std::string(kPointerDigits - digits.size(), '0') + digits;
}

Value text_or_nothing(std::string_view text) {
  return text.empty() ? Value() : Value::borrowed(text);
}

Value value_of(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::STRING:
      return Value::borrowed(element.get_string().value_unsafe());
    case dom::element_type::INT64:
      return Value::of(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return Value::of(element.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return Value::borrowed(element.get_bool().value_unsafe() ? "true" : "false");
    default:
      return {};
  }
}

// Shows each leaf with its path, in order, at most a thousand.
template <typename Visit>
class Leaves {
 public:
  explicit Leaves(Visit visit) : visit_(std::move(visit)) {}

  bool walk(const dom::element& element, std::size_t depth) {
    dom::object object;
    dom::array array;
    if (depth > kMaxJsonDepth) return true;
    if (element.get(object) == simdjson::SUCCESS) {
      for (const dom::key_value_pair member : object) {
        // "If the name of a discovered field starts with @, it is displayed with another @."
        const bool system = depth == 0 && !member.key.empty() && member.key.front() == '@';
        if (!step(member.key, system, member.value, depth)) return false;
      }
      return true;
    }
    if (element.get(array) == simdjson::SUCCESS) {
      char digits[20];
      std::size_t index = 0;
      for (const dom::element one : array) {
        const auto end = std::to_chars(digits, digits + sizeof digits, index++).ptr;
        const std::string_view name(digits, static_cast<std::size_t>(end - digits));
        if (!step(name, false, one, depth)) return false;
      }
      return true;
    }
    visit_(std::string_view(path_), element);
    return ++count_ < kMaxDiscoveredFields;
  }

 private:
  bool step(std::string_view name, bool doubled, const dom::element& value, std::size_t depth) {
    const std::size_t before = path_.size();
    if (depth > 0) path_ += '.';
    if (doubled) path_ += '@';
    path_ += name;
    const bool more = walk(value, depth + 1);
    path_.resize(before);
    return more;
  }

  Visit visit_;
  std::string path_;
  std::size_t count_ = 0;
};

}  // namespace

struct EventFields::Json {
  dom::parser parser;
};

EventFields::EventFields(const Query& query)
    : query_(query), slot_of_(query.fields.size(), kNone), json_(std::make_unique<Json>()) {
  for (std::size_t i = 0; i < query.fields.size(); ++i) {
    if (system_of(query.fields[i]) != kNone) continue;
    slot_of_[i] = discovered_.size();
    wanted_.emplace(query.fields[i], discovered_.size());
    discovered_.emplace_back();
  }
}

EventFields::~EventFields() = default;

void EventFields::read(const LogEvent& event) {
  event_ = &event;
  looked_ = false;
}

Value EventFields::get(FieldId field) {
  if (slot_of_[field] != kNone) {
    if (!looked_) discover();
    return discovered_[slot_of_[field]];
  }
  switch (system_of(query_.fields[field])) {
    case timestamp:
      return Value(Time{event_->timestamp_ms});
    case message:
      return Value::borrowed(event_->message);
    case log_stream:
      return Value::borrowed(event_->stream);
    case log:
      return Value(std::string(xray::kAccount).append(":").append(event_->group));
    case ptr:
      return Value(pointer_of(event_->id));
    case ingestion:
      return Value(Time{event_->ingestion_ms});
    case trace:
      return text_or_nothing(event_->columns.trace_id);
    case request:
      return text_or_nothing(event_->columns.request_id);
    default:
      return {};
  }
}

// In the event, or in "the first embedded JSON fragment", as the lines of Lambda have it.
void EventFields::discover() {
  looked_ = true;
  for (Value& value : discovered_) value = {};
  const std::string_view text = event_->message;
  const std::size_t begin = text.find('{');
  const std::size_t end = text.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return;
  dom::element root;
  const auto parsed = json_->parser.parse(text.data() + begin, end - begin + 1).get(root);
  if (parsed != simdjson::SUCCESS) return;
  Leaves leaves([&](std::string_view path, const dom::element& element) {
    const auto wanted = wanted_.find(path);
    if (wanted == wanted_.end() || !discovered_[wanted->second].is_null()) return;
    discovered_[wanted->second] = value_of(element);
  });
  leaves.walk(root, 0);
}

}  // namespace aloft::console::logs::insights
