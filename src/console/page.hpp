// SPDX-License-Identifier: Apache-2.0
// Serves the built page: exact bytes with an entity tag, compressed once at start. A path that
// names no file answers the page itself, so that every address of the page can be reloaded.
//
// Thread-safety: immutable after construction.
#pragma once

#include "console/page_files.hpp"

#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

class Page {
 public:
  explicit Page(std::span<const EmbeddedFile> files);

  /// For GET and HEAD; any other method is 405.
  http::Response answer(const http::Request& request) const;

 private:
  struct File {
    std::string_view path;
    std::string_view type;
    std::string_view plain;
    std::string gzipped;  ///< empty when it would not shrink
    std::string tag;
  };
  const File* find(std::string_view path) const noexcept;

  std::vector<File> files_;
};

}  // namespace aloft::console
