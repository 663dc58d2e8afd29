// SPDX-License-Identifier: Apache-2.0
// JSON that an application made: checked, and written again with the secrets taken out of its
// texts, its keys and its numbers, so that a document that holds it stays valid.
//
//   const bool good = rewrite_json("cart", text, cleaner, json);   // `json` then has the value
//
// Texts are decoded before they are looked at, so that no escape hides a secret. A number is
// written as the console writes it, whichever wire it came over. What lies below a key that makes
// its value a secret ("password") is looked at as if it stood under that key itself.
//
// Source of the grammar: RFC 8259. Thread-safety: none.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/core/value.hpp>

#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Ours: as deep as people look; each level is a call.
inline constexpr int kMaxJsonDepth = 16;

/// What may be said in place of a value, and of a key.
class JsonCleaner {
 public:
  /// @param key  the nearest one above the value that is sensitive, or the nearest of all.
  virtual Value clean_value(std::string_view key, const Value& value) = 0;
  virtual std::string_view clean_key(std::string_view key) = 0;

 protected:
  ~JsonCleaner() = default;
};

/// False when `text` is no JSON value or nests too deep; what was written is then of no use.
/// @param key  what the value stands under.
bool rewrite_json(std::string_view key, std::string_view text, JsonCleaner& cleaner,
                  json::Writer& out);

}  // namespace detail
}  // namespace v0
}  // namespace aloft
