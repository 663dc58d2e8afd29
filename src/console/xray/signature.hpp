// SPDX-License-Identifier: Apache-2.0
// Who signed an AWS request, as far as the Authorization header tells. The signature itself is
// never checked: the console has no secrets to check it with, and any credentials will do. What the
// header is good for here:
//
// - it names the region, which answers show where a region belongs;
// - a web page cannot set it without asking first (a CORS preflight), which is never granted;
// - off loopback its access key id must be the console's token.
//
//   const auto signer = Signer::parse(*request.headers.get("authorization"));
//
// Source: "Signature Version 4", Authorization header, read 2026-11:
//   AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…
// Thread-safety: plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aloft::console::xray {

struct Signer {
  std::string access_key_id;
  std::string region;   ///< lower-case letters, digits and '-', at most 32
  std::string service;  ///< the same

  /// Nothing unless `authorization` is a header of Signature Version 4 with all its parts.
  static std::optional<Signer> parse(std::string_view authorization);
};

/// The partition of AWS that a region belongs to, as ARNs name it: they differ only in their names.
std::string_view partition_of(std::string_view region) noexcept;

}  // namespace aloft::console::xray
