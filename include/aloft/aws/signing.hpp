// SPDX-License-Identifier: Apache-2.0
// Signature Version 4: proves to an AWS service who sends a request, without sending the secret.
//
//   Result<Signer> signer = Signer::create({.region = "eu-central-1", .service = "xray"});
//   http_client::ClientRequest request{.method = Method::post, .url = url, .body = body};
//   Result<void> ok = signer->sign(request, credentials, skew.correct(clock.now().wall));
//   client.send(std::move(request), deadline, completion);
//
// Sign last: every field and every byte of the body that is there is part of the signature. Paths
// are percent-encoded a second time, as every service but S3 wants it; S3 is not supported. The
// steps are functions of their own, so that a test can hold each to the published vectors.
// Source: IAM user guide, "Create a signed AWS API request", read 2026-11.
//
// Thread-safety: all of it; nothing blocks but a lock around the cached key.
#pragma once

#include <aloft/aws/credentials.hpp>
#include <aloft/aws/openssl_hasher.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http_client/client.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// What stands for the body's hash when the body is not signed. Source: as above.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

struct SignerOptions {
  std::string region{};   ///< e.g. "eu-central-1"; 1..64 of a-z 0-9 -
  std::string service{};  ///< the name services are signed for, e.g. "logs"; as the region
  /// Off: the body's hash is left out, so that who sends need not have all of it. Over https only,
  /// and only services that say so accept it.
  bool body_signed = true;
};

/// A request in the one spelling that both sides hash.
struct CanonicalRequest {
  std::string text{};
  std::string signed_headers{};  ///< "content-type;host;x-amz-date"
};

/// @param payload_hash  64 hex digits, or `kUnsignedPayload`.
/// @error invalid_argument  the url has no scheme and host.
Result<CanonicalRequest> canonical_request(const http_client::ClientRequest& request,
                                           std::string_view payload_hash);
/// "20150830T123600Z".
std::string signing_time(WallTime at);
/// @param scope  "20150830/us-east-1/service/aws4_request".
/// @param canonical_hash  of `CanonicalRequest::text`, 64 hex digits.
std::string string_to_sign(std::string_view time, std::string_view scope,
                           std::string_view canonical_hash);

class Signer {
 public:
  /// @param hasher  must outlive the signer.
  /// @error invalid_argument  region or service is not a name.
  static Result<Signer> create(SignerOptions options, Hasher& hasher = openssl_hasher());

  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  /// Sets `x-amz-date`, `x-amz-security-token` when there is a token, `x-amz-content-sha256` when
  /// the body is not signed, and `authorization`; replaces those of an earlier signature.
  /// @param at  the service's time: see `ClockSkew`.
  /// @error invalid_argument  credentials without key, no valid url, or no room for the fields.
  /// @error internal          the hasher refused.
  Result<void> sign(http_client::ClientRequest& request, const Credentials& credentials,
                    WallTime at) const;

  const SignerOptions& options() const noexcept;
  /// Keys derived; each serves one day of one pair of credentials.
  std::uint64_t keys_derived() const noexcept;

 private:
  class Core;
  explicit Signer(std::unique_ptr<Core> core) noexcept;
  std::unique_ptr<Core> core_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
