// SPDX-License-Identifier: Apache-2.0
#include "http_client/response_reader.hpp"

#include <aloft/core/text.hpp>

#include <optional>

namespace aloft {
inline namespace v0 {
namespace http_client {

bool ResponseReader::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > header_limit_bytes_) return fail_with(Problem::headers_big);
  if (head_complete_) return true;  // a trailer
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);

  // A field cannot be mistaken for a status line: its name would hold a '/'.
  if (line.substr(0, 5) == "HTTP/") return status_line(line);
  if (response_.status == 0) return fail_with(Problem::malformed);
  if (line.empty()) {
    head_complete_ = response_.status >= 200;
    return true;
  }
  return field(line);
}

bool ResponseReader::status_line(std::string_view line) {
  const std::size_t blank = line.find(' ');
  const std::string_view digits =
      blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1, 3);
  const std::optional<std::uint64_t> status = text::parse_decimal(digits);
  if (digits.size() != 3 || !status || *status < 100 || *status > 599) {
    return fail_with(Problem::malformed);
  }
  response_.status = static_cast<int>(*status);
  response_.headers.clear();  // those of an interim answer
  return true;
}

bool ResponseReader::field(std::string_view line) {
  const std::size_t colon = line.find(':');
  // Also a folded line (RFC 9112, 5.2), which no server of today sends: its name is a blank.
  if (colon == std::string_view::npos || !http::is_valid_header_name(line.substr(0, colon))) {
    return fail_with(Problem::malformed);
  }
  const std::string_view value = text::trim(line.substr(colon + 1));
  const Result<void> added = response_.headers.add(line.substr(0, colon), value);
  if (added) return true;
  const bool big = added.error().code == ErrorCode::resource_exhausted ||
                   value.size() > http::kMaxHeaderValueBytes;
  return fail_with(big ? Problem::headers_big : Problem::malformed);
}

bool ResponseReader::body(std::string_view piece) {
  if (!head_complete_) return fail_with(Problem::malformed);
  if (piece.size() > body_limit_bytes_ - response_.body.size()) {
    return fail_with(Problem::body_big);
  }
  response_.body.append(piece);
  return true;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
