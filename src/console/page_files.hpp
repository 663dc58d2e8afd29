// SPDX-License-Identifier: Apache-2.0
// The built page, as it lies in the program. The table is made by `embed_page.cmake`.
#pragma once

#include <span>
#include <string_view>

namespace aloft::console {

struct EmbeddedFile {
  std::string_view path;  ///< with a slash in front, e.g. "/index.html"
  const char* begin;
  const char* end;
};

std::span<const EmbeddedFile> embedded_files() noexcept;

}  // namespace aloft::console
