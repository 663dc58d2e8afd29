// SPDX-License-Identifier: Apache-2.0
// Reads a JSON body field by field, with limits; what an error says never quotes the input.
//
// Fields are named by JSON pointer (RFC 6901). The type asked for must be the type sent: "42" is
// not 42, and 42.5 is not an integer. Of a repeated key the first counts.
//
//   Result<JsonDocument> body = JsonDocument::parse(request.body);
//   if (!body) return Response::problem(400, "Bad Request", body.error().message);
//   Result<std::int64_t> amount = body->integer("/amount_minor");
//   Result<std::string_view> number = body->text("/card/number");
//
// Thread-safety: one thread at a time. Views live as long as the document.
#pragma once

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {

struct JsonLimits {
  std::size_t bytes = 1024 * 1024;  ///< longest document; the server's default for bodies
  std::size_t depth = 32;           ///< ours: deeper bodies are mistakes or attacks
};

/// A member of an object.
struct JsonText {
  std::string_view key;
  std::string_view text;
};

class JsonDocument {
 public:
  /// Parses all of `json`, which must be one value in UTF-8; keeps a copy.
  /// @error resource_exhausted  longer or deeper than `limits`.
  /// @error invalid_argument    not JSON.
  static Result<JsonDocument> parse(std::string_view json, JsonLimits limits = {});

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  /// Each @error not_found         there is nothing at `pointer`.
  /// Each @error invalid_argument  it has another type, or does not fit.
  Result<std::string_view> text(std::string_view pointer) const;
  Result<std::int64_t> integer(std::string_view pointer) const;
  Result<double> number(std::string_view pointer) const;
  Result<bool> boolean(std::string_view pointer) const;
  /// Elements of an array or members of an object.
  Result<std::size_t> size(std::string_view pointer) const;
  /// The members of an object whose values are all strings, in their order.
  Result<std::vector<JsonText>> texts(std::string_view pointer) const;
  /// Something is there, null included.
  bool has(std::string_view pointer) const noexcept;
  bool is_object() const noexcept;

 private:
  struct Parsed;
  explicit JsonDocument(std::unique_ptr<Parsed> parsed) noexcept;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
