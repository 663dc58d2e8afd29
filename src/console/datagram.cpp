// SPDX-License-Identifier: Apache-2.0
#include "console/datagram.hpp"

#include <aloft/core/text.hpp>

#include <simdjson.h>

namespace aloft::console {
namespace {

// What nearly every sender writes, byte for byte; saves parsing it.
constexpr std::string_view kUsualHeader = R"({"format":"json","version":1})";
constexpr std::string_view kSpacedHeader = R"({"format": "json", "version": 1})";
// A header is 30 bytes; ours: room for blanks and unknown members.
constexpr std::size_t kMaxHeaderBytes = 512;

bool header_is_json_version_1(std::string_view header) {
  if (header == kUsualHeader || header == kSpacedHeader) return true;
  if (header.size() > kMaxHeaderBytes) return false;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.allocate(kMaxHeaderBytes, 4) != simdjson::SUCCESS) return false;
  if (parser.parse(header.data(), header.size()).get(root) != simdjson::SUCCESS) return false;
  std::string_view format;
  std::int64_t version = 0;
  return root["format"].get(format) == simdjson::SUCCESS &&
         text::equals_ignoring_case(format, "json") &&
         root["version"].get(version) == simdjson::SUCCESS && version == 1;
}

std::string_view without_outer_space(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

std::variant<std::string_view, Reject> split_datagram(std::string_view datagram) {
  const std::size_t newline = datagram.find('\n');
  if (newline == std::string_view::npos) return Reject::bad_header;
  if (!header_is_json_version_1(datagram.substr(0, newline))) return Reject::bad_header;
  const std::string_view body = without_outer_space(datagram.substr(newline + 1));
  if (body.empty()) return Reject::empty_body;
  return body;
}

}  // namespace aloft::console
