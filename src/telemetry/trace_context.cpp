// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_context.hpp>

#include "telemetry/byte_scan.hpp"
#include "telemetry/hex_decoder.hpp"

#include <aloft/telemetry/trace_extras.hpp>

#include <aloft/core/text.hpp>

#include <cstring>
#include <string>

namespace aloft {
inline namespace v0 {
namespace {

using detail::has_control_character;
using detail::HexCase;
using detail::HexDecoder;

constexpr std::size_t kCanonicalBytes = 74;
constexpr std::size_t kRootValueBytes = 35;  // "1-" 8 hex "-" 24 hex
constexpr std::size_t kSpanIdBytes = 16;
constexpr std::size_t kTraceparentBytes = 55;

std::uint64_t word_at(const char* text) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

constexpr std::uint64_t word_of(const char (&text)[9]) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 8; i-- > 0;) word = (word << 8U) | static_cast<unsigned char>(text[i]);
  return word;
}

Sampled sampled_of(std::string_view value) noexcept {
  if (value.size() != 1) return Sampled::undecided;
  switch (value[0]) {
    case '0':
      return Sampled::no;
    case '1':
      return Sampled::yes;
    case '?':
      return Sampled::requested;
    default:
      return Sampled::undecided;
  }
}

// "1-67891233-abcdef012345678912345678" with the fixed bytes already checked.
TraceId decode_root(HexDecoder& hex, const char* value) noexcept {
  return {hex.eight_and_eight(value + 2, value + 11), hex.sixteen(value + 19)};
}

ParseStatus parse_root(std::string_view value, TraceId& out) noexcept {
  if (value.size() != kRootValueBytes || value[0] != '1' || value[1] != '-' || value[10] != '-') {
    return ParseStatus::malformed_root;
  }
  HexDecoder hex(HexCase::any);
  const TraceId id = decode_root(hex, value.data());
  if (!hex.all_digits()) return ParseStatus::malformed_root;
  if (!id.valid()) return ParseStatus::zero_id;
  out = id;
  return ParseStatus::ok;
}

bool parse_parent(std::string_view value, SpanId& out) noexcept {
  if (value.size() != kSpanIdBytes) return false;
  HexDecoder hex(HexCase::any);
  const SpanId id{hex.sixteen(value.data())};
  if (!hex.all_digits() || !id.valid()) return false;
  out = id;
  return true;
}

// The form that X-Ray's own services and SDKs write, byte for byte. Says nothing about any other:
// false sends the header to the general reader, which also finds the reason of a refusal.
//   Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1
//   0    5 7        16                      40      48              64       73
bool read_canonical(std::string_view header, TraceContext& out) noexcept {
  if (header.size() != kCanonicalBytes) return false;
  const char* text = header.data();
  const bool fixed_bytes = ((word_at(text) ^ word_of("Root=1-\0")) << 8U) == 0 && text[15] == '-' &&
                           word_at(text + 40) == word_of(";Parent=") &&
                           word_at(text + 64) == word_of(";Sampled") && text[72] == '=';
  if (!fixed_bytes) return false;
  HexDecoder hex(HexCase::any);
  const TraceId trace_id = decode_root(hex, text + 5);
  const SpanId span_id{hex.sixteen(text + 48)};
  const Sampled sampled = sampled_of(header.substr(73));
  if (!hex.all_digits() || !trace_id.valid() || !span_id.valid()) return false;
  if (sampled == Sampled::undecided) return false;
  out.trace_id = trace_id;
  out.span_id = span_id;
  out.sampled = sampled;
  return true;
}

std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// `lower` has letters only, so that one bit folds their case and no other byte onto them. As one
// word of at most eight bytes.
template <std::size_t N>
bool is_key(std::string_view key, const char (&lower)[N]) noexcept {
  static_assert(N <= 9);
  if (key.size() != N - 1) return false;
  std::uint64_t word = 0;
  std::uint64_t wanted = 0;
  std::memcpy(&word, key.data(), N - 1);
  std::memcpy(&wanted, lower, N - 1);
  constexpr std::uint64_t kCaseBits = 0x2020202020202020U >> (8U * (9U - N));
  return (word | kCaseBits) == wanted;
}

}  // namespace

namespace detail {

// Pair by pair; the first well-formed value of a known key wins, the rest is counted.
class PairReader {
 public:
  /// @param extras  Where unknown pairs go; may be null.
  explicit PairReader(TraceExtras* extras) noexcept : extras_(extras) {}

  /// Reads the usual three at once; false, and nothing read, when it is another form.
  bool begin_with(std::string_view canonical) noexcept {
    has_root_ = has_parent_ = has_sampled_ = read_canonical(canonical, context_);
    return has_root_;
  }

  void take(std::string_view pair) noexcept {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = trim_blanks(pair.substr(0, equals));
    const std::string_view value = trim_blanks(pair.substr(equals + 1));
    if (value.empty()) return;
    if (is_key(key, "root")) {
      if (is_wanted(has_root_)) take_root(value);
    } else if (is_key(key, "parent")) {
      if (is_wanted(has_parent_)) {
        settle(has_parent_, parse_parent(value, context_.span_id));
      }
    } else if (is_key(key, "sampled")) {
      if (is_wanted(has_sampled_)) {
        context_.sampled = sampled_of(value);
        settle(has_sampled_, context_.sampled != Sampled::undecided);
      }
    } else if (extras_ != nullptr) {
      take_extra(key, value);
    }
  }

  void take_all(std::string_view header) noexcept {
    while (!header.empty()) {
      const std::size_t end = header.find(';');
      take(header.substr(0, end));
      header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
    }
  }

  Sampled decision() const noexcept { return context_.sampled; }

  ParseStatus finish(TraceContext& out, DroppedPairs& dropped) const noexcept {
    if (!has_root_) return why_no_root_;
    out = context_;
    dropped.malformed += dropped_.malformed;
    dropped.repeated += dropped_.repeated;
    dropped.over_limit += dropped_.over_limit;
    return ParseStatus::ok;
  }

 private:
  bool is_wanted(bool has_already) noexcept {
    dropped_.repeated += has_already ? 1 : 0;
    return !has_already;
  }
  void settle(bool& has, bool is_well_formed) noexcept {
    has = is_well_formed;
    dropped_.malformed += is_well_formed ? 0 : 1;
  }
  // Apart, so that a header without extras pays nothing for it.
  [[gnu::noinline]] void take_extra(std::string_view key, std::string_view value) noexcept {
    if (!key.empty() && !is_key(key, "self")) extras_->keep(key, value, dropped_);
  }
  void take_root(std::string_view value) noexcept {
    const ParseStatus status = parse_root(value, context_.trace_id);
    settle(has_root_, status == ParseStatus::ok);
    if (why_no_root_ == ParseStatus::missing_root) why_no_root_ = status;
  }

  TraceExtras* extras_;
  TraceContext context_;
  DroppedPairs dropped_;
  ParseStatus why_no_root_ = ParseStatus::missing_root;
  bool has_root_ = false;
  bool has_parent_ = false;
  bool has_sampled_ = false;
};

}  // namespace detail

namespace {

using detail::PairReader;

[[gnu::noinline]] ParseStatus read_pairs(std::string_view header, TraceContext& out,
                                         DroppedPairs& dropped, TraceExtras* extras) noexcept {
  if (header.size() > kMaxTraceHeaderBytes) return ParseStatus::too_long;
  if (has_control_character(header)) return ParseStatus::control_character;
  PairReader reader(extras);
  // Under Lambda the usual form has a `Lineage` behind it.
  const bool may_begin = header.size() > kCanonicalBytes && header[kCanonicalBytes] == ';';
  if (may_begin && reader.begin_with(header.substr(0, kCanonicalBytes))) {
    header.remove_prefix(kCanonicalBytes + 1);
  }
  reader.take_all(header);
  return reader.finish(out, dropped);
}

[[gnu::noinline]] ParseStatus read_uncounted(std::string_view header, TraceContext& out) noexcept {
  DroppedPairs nobody_counts;
  return read_pairs(header, out, nobody_counts, nullptr);
}

Unexpected refusal(ParseStatus status, const char* header_name) {
  std::string message(header_name);
  message.append(" header is refused: ").append(to_string(status));
  return fail(ErrorCode::invalid_argument, std::move(message),
              "start a new trace, or repair the header where it was written");
}

}  // namespace

std::optional<TraceId> TraceId::parse_xray(std::string_view text) noexcept {
  TraceId id;
  if (parse_root(text, id) != ParseStatus::ok) return std::nullopt;
  return id;
}

std::optional<TraceId> TraceId::parse_w3c(std::string_view text) noexcept {
  if (text.size() != 32) return std::nullopt;
  HexDecoder hex(HexCase::lower);
  const TraceId id{hex.sixteen(text.data()), hex.sixteen(text.data() + 16)};
  if (!hex.all_digits() || !id.valid()) return std::nullopt;
  return id;
}

std::optional<SpanId> SpanId::parse(std::string_view text) noexcept {
  SpanId id;
  if (!parse_parent(text, id)) return std::nullopt;
  return id;
}

std::string_view to_string(ParseStatus status) noexcept {
  switch (status) {
    case ParseStatus::ok:
      return "ok";
    case ParseStatus::too_long:
      return "too_long";
    case ParseStatus::control_character:
      return "control_character";
    case ParseStatus::missing_root:
      return "missing_root";
    case ParseStatus::malformed_root:
      return "malformed_root";
    case ParseStatus::zero_id:
      return "zero_id";
    case ParseStatus::malformed:
      return "malformed";
    case ParseStatus::invalid_version:
      return "invalid_version";
  }
  return "unknown";
}

ParseStatus read_xray_header(std::string_view header, TraceContext& out,
                             DroppedPairs& dropped) noexcept {
  return read_canonical(header, out) ? ParseStatus::ok : read_pairs(header, out, dropped, nullptr);
}

ParseStatus read_xray_header(std::string_view header, TraceContext& out, DroppedPairs& dropped,
                             TraceExtras& extras) noexcept {
  extras.clear_pairs();
  if (read_canonical(header, out)) return ParseStatus::ok;
  const ParseStatus status = read_pairs(header, out, dropped, &extras);
  if (status != ParseStatus::ok) extras.clear_pairs();
  return status;
}

ParseStatus read_xray_header(std::string_view header, TraceContext& out) noexcept {
  return read_canonical(header, out) ? ParseStatus::ok : read_uncounted(header, out);
}

Sampled read_xray_decision(std::string_view header) noexcept {
  if (header.size() > kMaxTraceHeaderBytes || has_control_character(header)) {
    return Sampled::undecided;
  }
  PairReader reader(nullptr);
  reader.take_all(header);
  return reader.decision();
}

//   00-67891233abcdef012345678912345678-53995c3f42cd8ad8-01
//   0  3                               35               52
ParseStatus read_traceparent(std::string_view header, TraceContext& out) noexcept {
  if (header.size() > kMaxTraceHeaderBytes) return ParseStatus::too_long;
  header = trim_blanks(header);
  if (header.size() < kTraceparentBytes) return ParseStatus::malformed;
  const char* text = header.data();
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return ParseStatus::malformed;

  HexDecoder hex(HexCase::lower);
  const TraceId trace_id{hex.sixteen(text + 3), hex.sixteen(text + 19)};
  const SpanId span_id{hex.sixteen(text + 36)};
  // Version and flags as one more group, filled up with digits that are known to be good.
  const char ends[16] = {text[0], text[1], text[53], text[54], '0', '0', '0', '0',
                         '0',     '0',     '0',      '0',      '0', '0', '0', '0'};
  const std::uint64_t version_and_flags = hex.sixteen(ends);
  if (!hex.all_digits()) return ParseStatus::malformed;

  const std::uint64_t version = version_and_flags >> 56U;
  const bool is_longer = header.size() > kTraceparentBytes;
  if (version == 0xFF) return ParseStatus::invalid_version;
  if (is_longer && (version == 0 || text[55] != '-')) return ParseStatus::malformed;
  if (is_longer && has_control_character(header)) return ParseStatus::control_character;
  if (!trace_id.valid() || !span_id.valid()) return ParseStatus::zero_id;
  const bool flag = ((version_and_flags >> 48U) & 1U) != 0;
  out = {trace_id, span_id, flag ? Sampled::yes : Sampled::no};
  return ParseStatus::ok;
}

Result<TraceContext> parse_xray_header(std::string_view header) noexcept {
  TraceContext context;
  const ParseStatus status = read_xray_header(header, context);
  if (status != ParseStatus::ok) return refusal(status, "X-Amzn-Trace-Id");
  return context;
}

Result<TraceContext> parse_traceparent(std::string_view header) noexcept {
  TraceContext context;
  const ParseStatus status = read_traceparent(header, context);
  if (status != ParseStatus::ok) return refusal(status, "traceparent");
  return context;
}

}  // namespace v0
}  // namespace aloft
