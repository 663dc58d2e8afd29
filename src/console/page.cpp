// SPDX-License-Identifier: Apache-2.0
#include "console/page.hpp"

#include "console/store/codec.hpp"

#include <aloft/core/text.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace aloft::console {
namespace {

// FNV-1a, 64 bits: tells two builds of a file apart; nobody gains from forging a collision.
std::string entity_tag(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  std::string tag(18, '"');
  text::write_hex(hash, tag.data() + 1);
  return tag;
}

std::string_view type_of(std::string_view path) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.size() >= ending.size() && path.substr(path.size() - ending.size()) == ending) {
      return type;
    }
  }
  return "application/octet-stream";
}

// Whether a comma-separated header names `item`; parameters such as ";q=0.5" are ignored, but not
// a weight of zero.
bool lists(std::string_view header, std::string_view item) noexcept {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view element = text::trim(header.substr(0, comma));
    const std::size_t semicolon = element.find(';');
    const std::string_view name = text::trim(element.substr(0, semicolon));
    const std::string_view weight =
        semicolon == std::string_view::npos ? "" : text::trim(element.substr(semicolon + 1));
    if (text::equals_ignoring_case(name, item)) {
      return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
    }
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

Page::Page(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    const std::string_view bytes(file.begin, static_cast<std::size_t>(file.end - file.begin));
    File entry{file.path, type_of(file.path), bytes, gzip(bytes), entity_tag(bytes)};
    if (entry.gzipped.size() >= bytes.size()) entry.gzipped.clear();
    files_.push_back(std::move(entry));
  }
}

const Page::File* Page::find(std::string_view path) const noexcept {
  const File* index = nullptr;
  for (const File& file : files_) {
    if (file.path == path) return &file;
    if (file.path == "/index.html") index = &file;
  }
  return index;
}

http::Response Page::answer(const http::Request& request) const {
  if (request.method != http::Method::get && request.method != http::Method::head) {
    return http::Response::problem(405, "Method Not Allowed", "the page can only be read")
        .with("allow", "GET, HEAD");
  }
  const File* file = find(request.path());
  if (file == nullptr) return http::Response::problem(404, "Not Found", "there is no page");
  const std::string_view known = request.headers.get("if-none-match").value_or("");
  const bool same = lists(known, file->tag) || lists(known, "W/" + file->tag);
  const std::string_view accepted = request.headers.get("accept-encoding").value_or("");
  const bool compressed = !file->gzipped.empty() && lists(accepted, "gzip");
  http::Response response =
      same ? http::Response::empty(304)
           : http::Response::content(200, file->type,
                                     std::string(compressed ? file->gzipped : file->plain));
  // The names of the files stay the same from build to build, so each use asks again: a 304.
  response.with("etag", file->tag)
      .with("cache-control", "no-cache")
      .with("vary", "accept-encoding");
  if (compressed && !same) response.with("content-encoding", "gzip");
  return response;
}

}  // namespace aloft::console
