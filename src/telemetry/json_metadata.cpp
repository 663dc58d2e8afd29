// SPDX-License-Identifier: Apache-2.0
#include "telemetry/json_metadata.hpp"

#include "telemetry/redaction_patterns.hpp"

#include <aloft/core/text.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// Appends the character as UTF-8.
void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x1'0000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class Rewriter {
 public:
  Rewriter(std::string_view text, JsonCleaner& cleaner, json::Writer& out) noexcept
      : rest_(text), cleaner_(cleaner), out_(out) {}

  bool run(std::string_view key) {
    if (!value(key, 0)) return false;
    skip_blanks();
    return rest_.empty();
  }

 private:
  bool value(std::string_view key, int depth) {
    skip_blanks();
    if (rest_.empty() || depth > kMaxJsonDepth) return false;
    switch (rest_.front()) {
      case '{':
        return object(key, depth);
      case '[':
        return array(key, depth);
      case '"': {
        std::string text;
        if (!string(text)) return false;
        write(cleaner_.clean_value(key, std::string_view(text)));
        return true;
      }
      case 't':
        write(cleaner_.clean_value(key, true));
        return word("true");
      case 'f':
        write(cleaner_.clean_value(key, false));
        return word("false");
      case 'n':
        out_.null();
        return word("null");
      default:
        return number(key);
    }
  }

  bool object(std::string_view above, int depth) {
    rest_.remove_prefix(1);
    out_.begin_object();
    if (!take('}')) {
      do {
        std::string name;
        skip_blanks();
        if (!string(name) || !take(':')) return false;
        const std::string key(cleaner_.clean_key(name));
        out_.key(std::string_view(key));
        if (!value(redaction::is_sensitive_key(above) ? above : name, depth + 1)) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    out_.end_object();
    return true;
  }

  bool array(std::string_view above, int depth) {
    rest_.remove_prefix(1);
    out_.begin_array();
    if (!take(']')) {
      do {
        if (!value(above, depth + 1)) return false;
      } while (take(','));
      if (!take(']')) return false;
    }
    out_.end_array();
    return true;
  }

  bool string(std::string& out) {
    if (rest_.empty() || rest_.front() != '"') return false;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      if (static_cast<unsigned char>(c) < 0x20) return false;
      rest_.remove_prefix(1);
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool escape(std::string& out) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t at = kNames.find(c); at != std::string_view::npos) {
      out += kMeanings[at];
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !hex4(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a pair
      std::uint32_t second = 0;
      if (rest_.substr(0, 2) != "\\u") return false;
      rest_.remove_prefix(2);
      if (!hex4(second) || second < 0xDC00 || second > 0xDFFF) return false;
      code = 0x1'0000 + ((code - 0xD800) << 10 | (second - 0xDC00));
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return false;
    }
    append_utf8(out, code);
    return true;
  }

  bool hex4(std::uint32_t& code) {
    const auto parsed = text::parse_hex(rest_.substr(0, 4));
    if (!parsed || rest_.size() < 4) return false;
    code = static_cast<std::uint32_t>(*parsed);
    rest_.remove_prefix(4);
    return true;
  }

  bool number(std::string_view key) {
    const char* const begin = rest_.data();
    const bool negative = skip('-');
    if (!skip('0') && !digits()) return false;
    bool whole = true;
    if (skip('.')) {
      whole = false;
      if (!digits()) return false;
    }
    if (skip('e') || skip('E')) {
      whole = false;
      static_cast<void>(skip('+') || skip('-'));
      if (!digits()) return false;
    }
    std::int64_t integer = 0;
    if (whole && std::from_chars(begin, rest_.data(), integer).ec == std::errc() &&
        !(negative && integer == 0)) {
      write(cleaner_.clean_value(key, integer));
      return true;
    }
    double real = 0;
    if (std::from_chars(begin, rest_.data(), real).ec != std::errc()) return false;
    // Not -0, which readers of whole numbers make 0.
    write(cleaner_.clean_value(key, real == 0 ? 0.0 : real));
    return true;
  }

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::text:
        out_.text(value.text());
        break;
      case Value::Kind::integer:
        out_.integer(value.integer());
        break;
      case Value::Kind::number:
        out_.number(value.number());
        break;
      case Value::Kind::boolean:
        out_.boolean(value.boolean());
        break;
    }
  }

  bool word(std::string_view text) {
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void skip_blanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != rest_.npos) {
      rest_.remove_prefix(1);
    }
  }
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(char c) {
    skip_blanks();
    return skip(c);
  }
  bool digits() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && text::is_digit(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() != before;
  }

  std::string_view rest_;
  JsonCleaner& cleaner_;
  json::Writer& out_;
};

}  // namespace

bool rewrite_json(std::string_view key, std::string_view text, JsonCleaner& cleaner,
                  json::Writer& out) {
  return Rewriter(text, cleaner, out).run(key) && !out.buffer().overflowed();
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
