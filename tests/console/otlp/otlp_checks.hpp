// SPDX-License-Identifier: Apache-2.0
// What must hold of any request that could be read: each span is in a document, or is accounted
// for, and each document is one that the store takes.
#pragma once

#include "console/document.hpp"
#include "console/otlp/documents.hpp"

#include <cstdint>
#include <cstdlib>
#include <variant>

namespace aloft::console::otlp {

inline void check_documents(const Request& request) {
  std::uint64_t spans = 0;
  DocumentParser parser;
  const Leftovers left = documents_of(request, [&](const Documents& documents) {
    if (documents.texts.size() != documents.spans.size()) std::abort();
    for (std::size_t i = 0; i < documents.texts.size(); ++i) {
      const auto parsed = parser.parse(documents.texts[i]);
      const auto* document = std::get_if<Document>(&parsed);
      if (document == nullptr || document->spans != documents.spans[i]) std::abort();
      spans += documents.spans[i];
    }
  });
  for (const std::uint64_t rejected : left.rejected) spans += rejected;
  if (spans + left.repeated != request.spans.size()) std::abort();
}

}  // namespace aloft::console::otlp
