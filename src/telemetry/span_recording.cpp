// SPDX-License-Identifier: Apache-2.0
// What a span's own thread writes.
#include "telemetry/aws_fields.hpp"
#include "telemetry/pipeline.hpp"
#include "telemetry/recorder.hpp"
#include "telemetry/sql_fields.hpp"

#include <aloft/telemetry/record.hpp>
#include <aloft/telemetry/span.hpp>

#include <unwind.h>
#include <bit>
#include <cstring>
#include <type_traits>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// Deep enough to reach the handler from a library; X-Ray SDKs keep 32 (Go) to 50 (Java) frames.
constexpr std::size_t kMaxFrames = 32;
/// Deeper than that is a recursion, and each frame costs some 200 ns: its rest is not counted.
constexpr std::size_t kMaxCountedFrames = 256;
/// Our own frames between the caller and the unwinder.
constexpr int kOwnFrames = 2;

struct Walk {
  std::uintptr_t* frames;
  std::size_t count;
  int skip;
  std::uint32_t left_out;
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  if (walk.skip > 0) {
    --walk.skip;
    return _URC_NO_REASON;
  }
  const std::uintptr_t address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  if (walk.count < kMaxFrames) {
    walk.frames[walk.count++] = address;
    return _URC_NO_REASON;
  }
  return ++walk.left_out < kMaxCountedFrames ? _URC_NO_REASON : _URC_END_OF_STACK;
}

}  // namespace

}  // namespace detail

using detail::EntryType;
using detail::raise;
using detail::Recorder;

void Span::record_text_annotation(std::string_view key, std::string_view text) noexcept {
  if ((int{key.size() <= detail::kShortBytes} & int{text.size() <= detail::kShortBytes}) != 0)
      [[likely]] {
    if (char* const at =
            detail::begin_short(slot(), EntryType::annotation_text, key, text.size())) {
      slot().at = detail::put_short(at, text);
      return;
    }
  }
  record_long_annotation(key, text);
}

static_assert(detail::entry_header(Value::Kind::boolean, 3, 8) ==
                  std::bit_cast<std::uint64_t>(detail::Entry{EntryType::annotation_boolean, false,
                                                             0, 3, 8}),
              "annotate() writes this entry inline");

void Span::record_scalar_annotation(std::string_view key, Value::Kind kind,
                                    std::uint64_t bits) noexcept {
  if ((int{key.size() <= detail::kShortBytes} & int{kind != Value::Kind::number}) != 0) [[likely]] {
    if (char* const at = detail::begin_short(
            slot(), detail::scalar_type(EntryType::annotation_text, kind), key, sizeof bits)) {
      std::memcpy(at, &bits, sizeof bits);
      slot().at = at + sizeof bits;
      return;
    }
  }
  record_long_annotation(key, Value::from_bits(kind, bits));
}

void Span::record_long_annotation(std::string_view key, const Value& value) noexcept {
  if (!Recorder(*block_, pipeline_->pool(), slot())
           .value(EntryType::annotation_text, {}, key, value, kMaxAnnotationValueBytes)) {
    raise(pipeline_->shard().annotations_dropped);
  }
}

void Span::count_dropped_value() noexcept { raise(pipeline_->shard().annotations_dropped); }

void Span::record_metadata(std::string_view name_space, std::string_view key,
                           const Value& value) noexcept {
  if (!Recorder(*block_, pipeline_->pool(), slot())
           .value(EntryType::metadata_text, name_space, key, value, kMaxMetadataValueBytes)) {
    raise(pipeline_->shard().annotations_dropped);
  }
}

void Span::record_class(ErrorClass whose) noexcept {
  slot().error |= whose != ErrorClass::fault;
  slot().throttle |= whose == ErrorClass::throttle;
  slot().fault |= whose == ErrorClass::fault;
}

void Span::record_error(std::string_view type, std::string_view message,
                        ErrorClass whose) noexcept {
  record_class(whose);
  std::uintptr_t frames[detail::kMaxFrames];
  detail::Walk walk{frames, 0, detail::kOwnFrames, 0};
  _Unwind_Backtrace(detail::visit, &walk);
  Recorder recorder(*block_, pipeline_->pool(), slot());
  recorder.text(EntryType::error, {}, type.substr(0, kMaxAnnotationKeyBytes), message,
                kMaxErrorMessageBytes);
  const std::string_view left_out(reinterpret_cast<const char*>(&walk.left_out),
                                  walk.left_out != 0 ? sizeof walk.left_out : 0);
  recorder.text(EntryType::stack, {}, left_out,
                {reinterpret_cast<const char*>(frames), walk.count * sizeof frames[0]},
                sizeof frames);
}

void Span::record_cause(std::string_view type, std::string_view message) noexcept {
  Recorder(*block_, pipeline_->pool(), slot())
      .text(EntryType::cause, {}, type.substr(0, kMaxAnnotationKeyBytes), message,
            kMaxErrorMessageBytes);
}

void Span::record_http_request(const HttpRequestInfo& request) noexcept {
  Recorder recorder(*block_, pipeline_->pool(), slot());
  const auto add = [&](EntryType type, std::string_view text) {
    if (!text.empty()) recorder.text_often(type, {}, {}, text, kMaxAnnotationValueBytes);
  };
  add(EntryType::http_method, request.method);
  add(EntryType::http_url, request.url);
  add(EntryType::http_user_agent, request.user_agent);
  add(EntryType::http_client_ip, request.client_ip);
  if (request.traced) slot().http_flags |= detail::kTraced;
  if (request.x_forwarded_for) slot().http_flags |= detail::kForwardedFor;
}

void Span::record_http_response(int status, std::int64_t content_length) noexcept {
  if (status < 100 || status > 599) status = 0;
  slot().http_status = static_cast<std::uint16_t>(status);
  if (content_length >= 0) {
    Recorder(*block_, pipeline_->pool(), slot())
        .scalar(EntryType::http_content_length, {}, {}, Value::Kind::text,
                static_cast<std::uint64_t>(content_length));
  }
}

void Span::record_aws_call(const AwsCallInfo& call) noexcept {
  Recorder recorder(*block_, pipeline_->pool(), slot());
#pragma GCC unroll 1
  for (const detail::AwsField& field : detail::kAwsFields) {
    const std::string_view text = call.*field.given;
    if (!text.empty()) recorder.text(field.type, {}, {}, text, kMaxNameBytes);
  }
  if (call.retries >= 0) {
    recorder.scalar(EntryType::aws_retries, {}, {}, Value::Kind::text,
                    static_cast<std::uint64_t>(call.retries));
  }
}

void Span::record_sql_call(const SqlCallInfo& call) noexcept {
  Recorder recorder(*block_, pipeline_->pool(), slot());
  for (const detail::SqlField& field : detail::kSqlFields) {
    const std::string_view text = call.*field.given;
    if (!text.empty()) recorder.text(EntryType::sql, {}, field.name, text, field.limit_bytes);
  }
}

void Span::record_identity(const Identity& identity) noexcept {
  Recorder recorder(*block_, pipeline_->pool(), slot());
  const auto add = [&](EntryType type, std::string_view text) {
    if (!text.empty()) recorder.text_often(type, {}, {}, text, kMaxIdBytes);
  };
  add(EntryType::request_id, identity.request.view());
  add(EntryType::tenant_id, identity.tenant.view());
  add(EntryType::user_id, identity.user.view());
}

void Span::record_link(const TraceContext& other, LinkAttributes attributes) noexcept {
  const detail::LinkIds link{other.trace_id, other.span_id};
  static_assert(std::has_unique_object_representations_v<detail::LinkIds>);
  Recorder recorder(*block_, pipeline_->pool(), slot());
  if (!link.trace_id.valid() || !link.span_id.valid() ||
      !recorder.text(EntryType::link, {}, {}, {reinterpret_cast<const char*>(&link), sizeof link},
                     sizeof link)) {
    raise(pipeline_->shard().links_dropped);
    return;
  }
  for (const LinkAttribute& attribute : attributes) {
    if (!recorder.value(EntryType::link_attribute_text, {}, attribute.key, attribute.value,
                        kMaxAnnotationValueBytes)) {
      raise(pipeline_->shard().annotations_dropped);
    }
  }
}

}  // namespace v0
}  // namespace aloft
