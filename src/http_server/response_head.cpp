// SPDX-License-Identifier: Apache-2.0
#include "http_server/response_head.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_server {
namespace {

constexpr std::array<std::string_view, 9> kOwnFields = {
    "connection", "content-length",    "date",   "keep-alive", "proxy-connection", "te",
    "trailer",    "transfer-encoding", "upgrade"};

bool is_own_field(std::string_view name) noexcept {
  return std::any_of(kOwnFields.begin(), kOwnFields.end(),
                     [&](std::string_view own) { return text::equals_ignoring_case(own, name); });
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_two_digits(std::string& out, unsigned value) {
  out.push_back(static_cast<char>('0' + value / 10 % 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

Head write_head(const http::Response& response, const HeadOptions& options) {
  Head head;
  int status = response.status;
  if (status < 200 || status > 599) {
    status = 500;
    head.status_replaced = true;
  }
  head.has_body = status != 204 && status != 304;
  head.refused_headers = response.refused_headers;

  std::string& out = head.bytes;
  out.reserve(512);
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(http::reason_phrase(status)).append("\r\n");
  for (const http::HeaderField field : response.headers) {
    if (is_own_field(field.name)) {
      ++head.refused_headers;
      continue;
    }
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out.append("date: ").append(http_date(options.now)).append("\r\n");
  if (options.chunked && !options.http_1_0) {
    out += "transfer-encoding: chunked\r\n";
  } else if (head.has_body && !options.chunked) {
    out += "content-length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (!options.keep_alive) {
    out += "connection: close\r\n";
  } else if (options.http_1_0) {
    out += "connection: keep-alive\r\n";
  }
  out += "\r\n";
  return head;
}

std::string http_date(WallTime time) {
  using namespace std::chrono;
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));

  std::string out;
  out.reserve(29);
  out.append(kDays.substr(weekday(day).c_encoding() * 3, 3)).append(", ");
  append_two_digits(out, unsigned(date.day()));
  out.append(" ").append(kMonths.substr((unsigned(date.month()) - 1) * 3, 3)).append(" ");
  append_number(out, static_cast<std::uint64_t>(std::max(0, int(date.year()))));
  out += ' ';
  append_two_digits(out, static_cast<unsigned>(clock.hours().count()));
  out += ':';
  append_two_digits(out, static_cast<unsigned>(clock.minutes().count()));
  out += ':';
  append_two_digits(out, static_cast<unsigned>(clock.seconds().count()));
  out += " GMT";
  return out;
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
