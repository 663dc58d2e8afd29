// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/identity.hpp>

#include <aloft/core/text.hpp>

namespace aloft {
inline namespace v0 {

std::string_view to_string(Provenance provenance) noexcept {
  switch (provenance) {
    case Provenance::verified_claim:
      return "verified_claim";
    case Provenance::api_key:
      return "api_key";
    case Provenance::gateway_authorizer:
      return "gateway_authorizer";
    case Provenance::trusted_header:
      return "trusted_header";
    case Provenance::generated:
      return "generated";
    case Provenance::none:
      return "none";
  }
  return "none";
}

namespace detail {

std::string_view why_invalid_id(std::string_view text) noexcept {
  if (text.empty()) return "is empty";
  if (text.size() > kMaxIdBytes) return "is longer than 128 bytes";
  for (const char c : text) {
    if (!text::is_alnum(c) && c != '.' && c != '_' && c != ':' && c != '-') {
      return "has a byte outside A-Z a-z 0-9 . _ : -";
    }
  }
  return {};
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
