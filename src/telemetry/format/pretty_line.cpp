// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/pretty_line.hpp>

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace {

using Shape = LogFieldRecord::Shape;

/// The end of the line, and what says that something was left out.
constexpr std::string_view kCut = " \xE2\x80\xA6";  // U+2026
constexpr std::size_t kEndBytes = kCut.size() + 1;
/// What further lines of a text begin with.
constexpr std::string_view kContinued = "\n    | ";
constexpr std::size_t kMaxPathBytes = 512;
constexpr std::size_t kMaxDepth = 16;

char* put_two(char* at, std::int64_t value) noexcept {
  *at++ = static_cast<char>('0' + value / 10);
  *at++ = static_cast<char>('0' + value % 10);
  return at;
}

std::uint32_t code_point(std::string_view sequence) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  std::uint32_t point = byte(0) & (0xFFu >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) point = point << 6 | (byte(i) & 0x3F);
  return point;
}

/// What a terminal may obey, or what turns the direction of text or its lines.
/// Source: Unicode 15, C1 controls, and 23.2 "Layout Controls", read 2026-11.
bool is_harmful(std::uint32_t point) noexcept {
  return (point >= 0x80 && point <= 0x9F) || point == 0x061C || point == 0x200E ||
         point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

/// Bounded writing: what would go beyond `most` is left out, and so is everything after it.
class Pen {
 public:
  Pen(json::Buffer& out, std::size_t most) noexcept : out_(out), most_(most) {}

  bool cut() const noexcept { return cut_; }
  void put(std::string_view bytes) noexcept {
    cut_ = cut_ || out_.size() + bytes.size() > most_;
    if (!cut_) out_.append(bytes);
  }
  /// Text from outside.
  void safely(std::string_view text, bool quoted = false) noexcept {
    while (!text.empty() && !cut_) {
      const std::size_t plain = plain_bytes(text, quoted);
      if (plain == 0) {
        text.remove_prefix(one(text));
      } else {
        // A run is cut where there is no more room, not left out.
        const std::size_t room = most_ - std::min(most_, out_.size());
        put(text.substr(0, std::min(plain, room)));
        cut_ = cut_ || plain > room;
        text.remove_prefix(plain);
      }
    }
  }
  void value(const Value& value) noexcept {
    char digits[32];
    switch (value.kind()) {
      case Value::Kind::text:
        text_value(value.text());
        break;
      case Value::Kind::boolean:
        put(value.boolean() ? "true" : "false");
        break;
      case Value::Kind::integer:
        put({digits, std::to_chars(digits, digits + sizeof digits, value.integer()).ptr});
        break;
      case Value::Kind::number:
        put({digits, std::to_chars(digits, digits + sizeof digits, value.number()).ptr});
        break;
    }
  }
  void named(std::string_view name, std::string_view id) noexcept {
    if (id.empty()) return;
    put(name);
    text_value(id);
  }

 private:
  static std::size_t plain_bytes(std::string_view text, bool quoted) noexcept {
    std::size_t size = 0;
    while (size < text.size() && text[size] >= 0x20 && text[size] < 0x7F &&
           !(quoted && (text[size] == '"' || text[size] == '\\'))) {
      ++size;
    }
    return size;
  }
  static bool is_bare(std::string_view text) noexcept {
    return !text.empty() && plain_bytes(text, true) == text.size() &&
           text.find_first_of(" =") == std::string_view::npos;
  }
  void text_value(std::string_view text) noexcept {
    if (is_bare(text)) return safely(text);
    put("\"");
    safely(text, true);
    put("\"");
  }
  /// Writes a character that is not plain, and answers its bytes.
  std::size_t one(std::string_view text) noexcept {
    const auto c = static_cast<unsigned char>(text[0]);
    if (c == '\r' && text.substr(0, 2) == "\r\n") return put(kContinued), std::size_t{2};
    if (c == '\n') return put(kContinued), std::size_t{1};
    if (c == '"' || c == '\\') {
      const char escaped[] = {'\\', text[0]};
      return put({escaped, 2}), std::size_t{1};
    }
    if (c == '\t') return put("\\t"), std::size_t{1};
    if (c == '\r') return put("\\r"), std::size_t{1};
    const std::size_t length = text::utf8_length(text);
    if (c < 0x80 || length == 0) {
      constexpr char kDigits[] = "0123456789abcdef";
      const char escaped[] = {'\\', 'x', kDigits[c >> 4], kDigits[c & 15]};
      return put({escaped, sizeof escaped}), std::size_t{1};
    }
    const std::uint32_t point = code_point(text.substr(0, length));
    if (!is_harmful(point)) return put(text.substr(0, length)), length;
    char escaped[12] = {'\\', 'u', '{'};
    char* end = std::to_chars(escaped + 3, escaped + sizeof escaped - 1, point, 16).ptr;
    *end++ = '}';
    return put({escaped, end}), length;
  }

  json::Buffer& out_;
  std::size_t most_;
  bool cut_ = false;
};

/// The keys around a field, with dots between.
class Path {
 public:
  void enter(std::string_view key) noexcept {
    if (depth_ < kMaxDepth) ends_[depth_] = size_;
    ++depth_;
    add(key);
    add(".");
  }
  void leave() noexcept {
    if (depth_ == 0) return;
    --depth_;
    if (depth_ < kMaxDepth) size_ = ends_[depth_];
  }
  std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void add(std::string_view more) noexcept {
    size_ += more.copy(text_.data() + size_, text_.size() - size_);
  }

  std::array<char, kMaxPathBytes> text_;
  std::array<std::size_t, kMaxDepth> ends_{};
  std::size_t size_ = 0;
  std::size_t depth_ = 0;
};

void put_time(Pen& pen, WallTime time) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  char text[] = "00:00:00.000Z ";
  put_two(text, clock.hours().count());
  put_two(text + 3, clock.minutes().count());
  put_two(text + 6, clock.seconds().count());
  const std::int64_t millis = clock.subseconds().count();
  text[9] = static_cast<char>('0' + millis / 100);
  put_two(text + 10, millis % 100);
  pen.put({text, sizeof text - 1});
}

struct Word {
  std::string_view plain;
  std::string_view coloured;
};

/// Of one width, so that what follows stands in columns.
Word word_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return {"DEBUG ", "\x1B[36mDEBUG\x1B[0m "};
    case LogLevel::info:
      return {"INFO  ", "\x1B[32mINFO\x1B[0m  "};
    case LogLevel::warn:
      return {"WARN  ", "\x1B[33mWARN\x1B[0m  "};
    default:
      return {"ERROR ", "\x1B[1;31mERROR\x1B[0m "};
  }
}

void put_fields(Pen& pen, std::span<const LogFieldRecord> fields) noexcept {
  Path path;
  std::string_view gap = "  ";
  for (const LogFieldRecord& field : fields) {
    if (field.shape == Shape::object_begin) {
      path.enter(field.key);
    } else if (field.shape == Shape::object_end) {
      path.leave();
    } else {
      pen.put(gap);
      pen.safely(path.view());
      pen.safely(field.key);
      pen.put("=");
      pen.value(field.value);
      gap = " ";
    }
  }
}

void put_ids(Pen& pen, const LogRecord& line) noexcept {
  std::string_view gap = "  ";
  const auto put = [&](std::string_view name, std::string_view id) {
    if (id.empty()) return;
    pen.put(gap);
    pen.named(name, id);
    gap = " ";
  };
  put("request=", line.request_id);
  put("tenant=", line.tenant_id);
  put("user=", line.user_id);
  if (line.trace_id.valid()) {
    constexpr std::size_t kShortDigits = 8;  // enough to find it among those on a screen
    const auto text = line.trace_id.xray_text();
    put("trace=", text.view().substr(text.view().size() - kShortDigits));
  }
  if (line.file.empty()) return;
  char number[16];
  pen.put("  ");
  pen.safely(line.file);
  pen.put(":");
  pen.put({number, std::to_chars(number, number + sizeof number, line.line).ptr});
}

}  // namespace

PrettyLineWriter::PrettyLineWriter(std::size_t limit_bytes, Colour colour) noexcept
    : limit_bytes_(std::max(limit_bytes, kMinLogLineBytes)), colour_(colour) {}

bool PrettyLineWriter::append(json::Buffer& out, const LogRecord& line) noexcept {
  return append(out, line, Parts::all);
}

bool PrettyLineWriter::append_text(json::Buffer& out, const LogRecord& line) noexcept {
  return append(out, line, Parts::text);
}

bool PrettyLineWriter::append(json::Buffer& out, const LogRecord& line, Parts parts) noexcept {
  const std::size_t begin = out.size();
  Pen pen(out, begin + limit_bytes_ - kEndBytes);
  if (parts == Parts::all) {
    put_time(pen, line.time);
    const Word word = word_of(line.level);
    pen.put(colour_ == Colour::yes ? word.coloured : word.plain);
    if (!line.logger.empty()) {
      pen.safely(line.logger);
      pen.put(": ");
    }
  }
  std::string_view message = line.message;
  while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
  pen.safely(message);
  put_fields(pen, line.fields);
  put_ids(pen, line);
  if (pen.cut()) out.append(kCut);
  if (parts == Parts::all) out.append('\n');
  if (!out.overflowed()) return true;
  out.truncate(begin);
  return false;
}

}  // namespace v0
}  // namespace aloft
