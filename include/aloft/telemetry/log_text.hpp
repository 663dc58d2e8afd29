// SPDX-License-Identifier: Apache-2.0
// The message of a log line: a literal, with the place in the source where it stands.
//
//   log.info("ready");
//   log.log(level, LogText::of(message, file, line));   // of another logger
//
// Thread-safety: values. It views what it is made of and lives only as long as the call.
#pragma once

#include <aloft/telemetry/detail/log_entry.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

class Logger;
template <typename Limit>
class LimitedLogger;

namespace detail {
/// The last part of `__FILE__`.
consteval std::string_view file_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

/// Never called: the compiler names it where a message is wrong.
void a_log_message_has_at_most_12288_bytes() noexcept;

/// Where a message stands, and what it is: a word of its line.
struct LogSite {
  std::uint32_t line = 0;
  std::uint16_t file_bytes = 0;
  bool is_literal = false;
  bool is_cut = false;
};
static_assert(sizeof(LogSite) == 8);

/// Longest name of a source file that is kept.
inline constexpr std::size_t kMaxLogFileBytes = 240;
}  // namespace detail

/// The message of a line: a literal, and where it stands.
class LogText {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a message, or does not compile.
  consteval LogText(const char (&literal)[N], const char* path = __builtin_FILE(),
                    std::uint32_t line = __builtin_LINE()) noexcept
      : LogText({literal, N - 1}, detail::file_name(path), line, true) {
    if (N - 1 > detail::kMaxLogTextBytes) detail::a_log_message_has_at_most_12288_bytes();
  }
  /// A message that is only known when the program runs, as that of another logger: it is cut at
  /// the limit of a value, and looked at for secrets like one.
  static constexpr LogText of(std::string_view message, std::string_view file = {},
                              std::uint32_t line = 0) noexcept {
    return {message, file, line, false};
  }

 private:
  friend class Logger;
  template <typename Limit>
  friend class LimitedLogger;
  constexpr LogText(std::string_view message, std::string_view file, std::uint32_t line,
                    bool is_literal) noexcept
      : text_(message.substr(0, detail::kMaxLogTextBytes)),
        file_(file.data()),
        site_{line,
              static_cast<std::uint16_t>(
                  file.size() < detail::kMaxLogFileBytes ? file.size() : detail::kMaxLogFileBytes),
              is_literal, message.size() > detail::kMaxLogTextBytes} {}

  std::string_view text_;
  const char* file_;
  detail::LogSite site_;
};

}  // namespace v0
}  // namespace aloft
