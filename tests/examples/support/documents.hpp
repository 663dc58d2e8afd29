// SPDX-License-Identifier: Apache-2.0
// Reads X-Ray datagrams the way a daemon does: a header line, then one JSON document.
//
//   std::vector<Document> documents = read_documents(daemon.take_all());
//   documents[0].text("/annotations/tenant_id");
//
// Thread-safety: plain values.
#pragma once

#include <aloft/http/json_reader.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace examples_test {

class Document {
 public:
  explicit Document(aloft::http::JsonDocument json) : json_(std::move(json)) {}

  /// Each: an empty, zero or false value when there is nothing of that type.
  std::string text(const std::string& pointer) const;
  std::int64_t integer(const std::string& pointer) const;
  bool boolean(const std::string& pointer) const;
  bool has(const std::string& pointer) const noexcept { return json_.has(pointer); }

  /// The document itself and everything below it.
  std::size_t span_count() const { return count_below(""); }
  /// Names of the direct children, in their order.
  std::vector<std::string> child_names() const;

 private:
  std::size_t count_below(const std::string& pointer) const;

  aloft::http::JsonDocument json_;
};

/// Documents of all datagrams, in their order; what is no X-Ray datagram is left out.
std::vector<Document> read_documents(const std::vector<std::string>& datagrams);

/// Spans of all documents.
std::size_t count_spans(const std::vector<Document>& documents);

}  // namespace examples_test
