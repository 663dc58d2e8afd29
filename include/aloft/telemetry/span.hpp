// SPDX-License-Identifier: Apache-2.0
// A piece of work with a start, an end and what was learnt in between.
//
// A `Span` ends when it goes out of scope; `end()` ends it earlier and may be called again. A
// default-constructed one, one that is not sampled, and one whose `Telemetry` is gone are harmless:
// every call does nothing, only the ids of an unsampled one still propagate. A span destroyed by an
// exception in flight is marked as a fault.
//
//   Span request = tracer.start("payments", {.kind = SpanKind::server});
//   Span query = request.child("ledger", SpanKind::remote);
//   query.annotate("rows", 3);
//   query.set_error(error);
//
// Parents are explicit: there is no hidden current span (for sugar see telemetry/current.hpp).
// Thread-safety: one thread at a time per span; children of one root may live on several threads.
// No call blocks, throws, or allocates from the heap; only `set_error` of an exception asks the C++
// runtime for the readable name of its type, which may allocate.
#pragma once

#include <aloft/core/error.hpp>
#include <aloft/core/identity.hpp>
#include <aloft/core/value.hpp>
#include <aloft/telemetry/annotation_key.hpp>
#include <aloft/telemetry/call_info.hpp>
#include <aloft/telemetry/detail/span_entry.hpp>
#include <aloft/telemetry/error_class.hpp>
#include <aloft/telemetry/span_kind.hpp>
#include <aloft/telemetry/span_limits.hpp>
#include <aloft/telemetry/trace_context.hpp>
#include <aloft/telemetry/trace_headers.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {

class TraceExtras;

namespace detail {
class Pipeline;
struct EndsWithScope;
struct Block;
struct Slot;
}  // namespace detail

class [[nodiscard]] Span {
 public:
  /// A span that does nothing.
  Span() noexcept = default;
  Span(Span&& other) noexcept
      : pipeline_(other.pipeline_),
        block_(other.block_),
        slot_(other.slot_),
        generation_(other.generation_),
        extras_(other.extras_),
        unwinding_(other.unwinding_),
        root_(other.root_),
        context_(other.context_) {
    other.slot_ = nullptr;
    other.extras_ = 0;
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  Span& operator=(Span&&) = delete;
  ~Span() {
    if (slot_ != nullptr) finish_in_destructor();
    if (extras_ != 0) release_extras();
  }

  /// A span inside this one. After `end()` it is sent on its own, still under this parent.
  Span child(std::string_view name, SpanKind kind = SpanKind::internal) noexcept;

  /// An indexed key and value: characters of the key outside A-Z a-z 0-9 _ become `_`, a value
  /// that is not finite is dropped and counted; the last value of a key wins.
  void annotate(std::string_view key, Value value) noexcept {
    if (slot_ == nullptr) return;
    // Split here, where the kind is known to the compiler, so that no Value passes through memory.
    if (value.kind() == Value::Kind::text) {
      record_text_annotation(key, value.text());
    } else {
      record_scalar_annotation(key, value.kind(), value.bits());
    }
  }
  /// The same for a literal key, whose length the compiler knows; `"key"_key` is one whose letters
  /// it checks, too (telemetry/annotation_key.hpp).
  template <std::size_t N>
  void annotate(const char (&literal)[N], Value value) noexcept {
    annotate_known({literal, N - 1}, value);
  }
  void annotate(AnnotationKey key, Value value) noexcept { annotate_known(key.view(), value); }
  template <std::size_t N>
  void annotate(char (&buffer)[N], Value value) noexcept {
    annotate(std::string_view(buffer), value);
  }
  /// A value for people, not indexed. Each key of each namespace keeps its last value.
  void add_metadata(std::string_view name_space, std::string_view key, Value value) noexcept {
    if (slot_ != nullptr) record_metadata(name_space, key, value);
  }
  void add_metadata(std::string_view key, Value value) noexcept {
    add_metadata("default", key, value);
  }
  /// JSON is kept as the value that it is, without its secrets, unless it is malformed, deeper than
  /// 16 levels or above 3,500 bytes: then as text.
  void add_metadata(std::string_view name_space, std::string_view key, JsonText json) noexcept {
    if (slot_ != nullptr) record_json(name_space, key, json.text);
  }
  /// The same with a value that is made only where the span is recorded, and dropped and counted
  /// when making it throws: `span.add_metadata("cart", "sizes", [&] { return sizes_of(cart); })`.
  template <detail::MakesValue Make>
  void add_metadata(std::string_view name_space, std::string_view key, Make&& make) noexcept {
    if (slot_ == nullptr) return;
    detail::guard_making([&] { record_metadata(name_space, key, Value(make())); },
                         [&] { count_dropped_value(); });
  }
  template <detail::MakesValue Make>
  void add_metadata(std::string_view key, Make&& make) noexcept {
    add_metadata("default", key, std::forward<Make>(make));
  }

  /// Records an error with its reason and the stack of the caller; its class says whose fault it
  /// is. Several of them, and the status of an answer, add up.
  void set_error(std::string_view type, std::string_view message,
                 ErrorClass whose = ErrorClass::fault) noexcept {
    if (slot_ != nullptr) record_error(type, message, whose);
  }
  void set_error(const Error& error) noexcept { set_error(error, error_class(error.code)); }
  void set_error(const Error& error, ErrorClass whose) noexcept {
    set_error(to_string(error.code), error.message, whose);
  }
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
  /// Also walks nested exceptions (`std::throw_with_nested`) into the chain of causes.
  void set_error(const std::exception& error, ErrorClass whose = ErrorClass::fault) noexcept {
    if (slot_ != nullptr) record_exception(error, whose);
  }
  void set_error(const std::exception_ptr& error, ErrorClass whose = ErrorClass::fault) noexcept {
    if (slot_ != nullptr) record_exception(error, whose);
  }
#endif
  /// Says whose fault it is where there is no error to record, only a code.
  void mark(ErrorClass whose) noexcept {
    if (slot_ != nullptr) record_class(whose);
  }
  /// Adds what caused the error recorded last.
  void add_cause(std::string_view type, std::string_view message) noexcept {
    if (slot_ != nullptr) record_cause(type, message);
  }

  void set_http_request(const HttpRequestInfo& request) noexcept {
    if (slot_ != nullptr) record_http_request(request);
  }
  /// 4xx marks an error, 429 also a throttle, 5xx a fault; of several answers, after repetitions,
  /// the last counts.
  /// @param content_length  bytes of the answer's body, -1 when unknown.
  void set_http_response(int status, std::int64_t content_length = -1) noexcept {
    if (slot_ != nullptr) record_http_response(status, content_length);
  }
  void set_aws_call(const AwsCallInfo& call) noexcept {
    if (slot_ != nullptr) record_aws_call(call);
  }
  void set_sql_call(const SqlCallInfo& call) noexcept {
    if (slot_ != nullptr) record_sql_call(call);
  }
  /// Whose request this is: becomes the annotations `request_id`, `tenant_id` and `user_id`. A
  /// user id shaped like an email address or a phone number is dropped and counted.
  void set_identity(const Identity& identity) noexcept {
    if (slot_ != nullptr) record_identity(identity);
  }

  /// Names a span of another trace that led to this one: a caller's at an edge that begins anew,
  /// the messages of a batch; 16 attributes say more. One without a trace or span is counted.
  void link(const TraceContext& other, LinkAttributes attributes = {}) noexcept {
    if (slot_ != nullptr) record_link(other, attributes);
  }

  /// Ends the span now; further calls do nothing.
  void end() noexcept {
    if (slot_ != nullptr) finish();
  }

  bool recording() const noexcept { return slot_ != nullptr; }
  /// What to send to the next service: this span as the parent. Invalid for a default span.
  const TraceContext& context() const noexcept { return context_; }
  /// Gives this span, and the children it gets from now on, what came beside the ids of the trace
  /// (telemetry/trace_extras.hpp): calls to other services hand it on, sampled or not.
  void pass_on(const TraceExtras& extras) noexcept;
  /// Empty unless some were passed on. Valid as long as the span, which a move does not end.
  const TraceExtras& extras() const noexcept;
  /// What its telemetry writes into calls of other services.
  TraceHeaders trace_headers() const noexcept;
  TraceId trace_id() const noexcept { return context_.trace_id; }
  SpanId id() const noexcept { return context_.span_id; }

 private:
  friend class detail::Pipeline;
  friend struct detail::EndsWithScope;

  /// From here on, on this thread: an exception that passes is one that is thrown later.
  void count_exceptions_from_here() noexcept;

  void annotate_known(std::string_view key, Value value) noexcept {
    if (slot_ == nullptr) return;
    if (value.kind() == Value::Kind::text) {
      record_text_annotation(key, value.text());
    } else if (key.size() > 64 || value.kind() == Value::Kind::number ||
               !detail::append_scalar(*slot_, value.kind(), key, value.bits())) {
      record_scalar_annotation(key, value.kind(), value.bits());
    }
  }
  void count_dropped_value() noexcept;
  void record_text_annotation(std::string_view key, std::string_view text) noexcept;
  void record_scalar_annotation(std::string_view key, Value::Kind kind,
                                std::uint64_t bits) noexcept;
  void record_long_annotation(std::string_view key, const Value& value) noexcept;
  void record_metadata(std::string_view name_space, std::string_view key,
                       const Value& value) noexcept;
  void record_json(std::string_view space, std::string_view key, std::string_view json) noexcept;
  void record_class(ErrorClass whose) noexcept;
  void record_error(std::string_view type, std::string_view message, ErrorClass whose) noexcept;
  void record_cause(std::string_view type, std::string_view message) noexcept;
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
  void record_exception(const std::exception& error, ErrorClass whose) noexcept;
  void record_exception(const std::exception_ptr& error, ErrorClass whose) noexcept;
#endif
  void record_http_request(const HttpRequestInfo& request) noexcept;
  void record_http_response(int status, std::int64_t content_length) noexcept;
  void record_aws_call(const AwsCallInfo& call) noexcept;
  void record_sql_call(const SqlCallInfo& call) noexcept;
  void record_identity(const Identity& identity) noexcept;
  void record_link(const TraceContext& other, LinkAttributes attributes) noexcept;
  void release_extras() noexcept;
  void finish() noexcept;
  void finish_in_destructor() noexcept;
  detail::Slot& slot() const noexcept;

  detail::Pipeline* pipeline_ = nullptr;
  detail::Block* block_ = nullptr;
  detail::EntryCursor* slot_ = nullptr;  // the start of a detail::Slot
  std::uint32_t generation_ = 0;
  std::uint16_t extras_ = 0;    // our share of a cell of the pipeline's, 0: none
  std::uint8_t unwinding_ = 0;  // exceptions in flight when the span began
  bool root_ = false;
  TraceContext context_{};
};

}  // namespace v0
}  // namespace aloft
