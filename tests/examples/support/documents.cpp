// SPDX-License-Identifier: Apache-2.0
#include "examples/support/documents.hpp"

#include <utility>

namespace examples_test {
namespace {

constexpr std::string_view kHeader = "{\"format\":\"json\",\"version\":1}\n";

}  // namespace

std::string Document::text(const std::string& pointer) const {
  const aloft::Result<std::string_view> value = json_.text(pointer);
  return value ? std::string(*value) : std::string();
}

std::int64_t Document::integer(const std::string& pointer) const {
  return json_.integer(pointer).value_or(0);
}

bool Document::boolean(const std::string& pointer) const {
  return json_.boolean(pointer).value_or(false);
}

std::vector<std::string> Document::child_names() const {
  std::vector<std::string> names;
  const std::size_t children = json_.size("/subsegments").value_or(0);
  for (std::size_t i = 0; i < children; ++i) {
    names.push_back(text("/subsegments/" + std::to_string(i) + "/name"));
  }
  return names;
}

std::size_t Document::count_below(const std::string& pointer) const {
  std::size_t spans = 1;
  const std::string children = pointer + "/subsegments";
  const std::size_t count = json_.size(children).value_or(0);
  for (std::size_t i = 0; i < count; ++i) spans += count_below(children + "/" + std::to_string(i));
  return spans;
}

std::vector<Document> read_documents(const std::vector<std::string>& datagrams) {
  std::vector<Document> documents;
  for (const std::string& datagram : datagrams) {
    if (!datagram.starts_with(kHeader)) continue;
    aloft::Result<aloft::http::JsonDocument> json =
        aloft::http::JsonDocument::parse(std::string_view(datagram).substr(kHeader.size()));
    if (json) documents.emplace_back(*std::move(json));
  }
  return documents;
}

std::size_t count_spans(const std::vector<Document>& documents) {
  std::size_t spans = 0;
  for (const Document& document : documents) spans += document.span_count();
  return spans;
}

}  // namespace examples_test
