// SPDX-License-Identifier: Apache-2.0
// Who a request belongs to: request, tenant and user id, each validated once and each with the
// place it came from.
//
// An id is 1 to 128 bytes of `A-Z a-z 0-9 . _ : -`, so it can stand in a header, a log line, a
// metric dimension or a URL without escaping. Anything else is refused, never repaired.
//
//   Result<TenantId> tenant = TenantId::parse("acme");
//   identity.tenant = *tenant; identity.tenant_source = Provenance::api_key;
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// Longest identifier, in bytes. Ours: fits a CloudWatch dimension value (1,024) many times over
/// and every store key we use.
inline constexpr std::size_t kMaxIdBytes = 128;

/// Where an identity came from, strongest first.
enum class Provenance {
  verified_claim,      ///< a signature was checked
  api_key,             ///< looked up by a secret key
  gateway_authorizer,  ///< an authorizer in front of us vouches for it
  trusted_header,      ///< a header set by a configured proxy
  generated,           ///< made here
  none,                ///< unknown
};

std::string_view to_string(Provenance provenance) noexcept;

namespace detail {
/// Empty when `text` is a valid id, else what is wrong with it, without quoting it.
std::string_view why_invalid_id(std::string_view text) noexcept;
}  // namespace detail

/// A validated identifier; `Tag` keeps a tenant from being passed as a user.
template <typename Tag>
class Id {
 public:
  Id() = default;

  /// @error invalid_argument  empty, longer than 128 bytes, or a byte outside the charset.
  static Result<Id> parse(std::string_view text) {
    const std::string_view why = detail::why_invalid_id(text);
    if (!why.empty()) {
      return fail(ErrorCode::invalid_argument, std::string(Tag::kName) + " " + std::string(why),
                  "use 1 to 128 bytes of A-Z a-z 0-9 . _ : -");
    }
    Id id;
    id.text_ = text;
    return id;
  }

  bool empty() const noexcept { return text_.empty(); }
  std::string_view view() const noexcept { return text_; }
  friend bool operator==(const Id&, const Id&) = default;

 private:
  std::string text_;
};

struct RequestIdTag {
  static constexpr std::string_view kName = "request id";
};
struct TenantIdTag {
  static constexpr std::string_view kName = "tenant id";
};
struct UserIdTag {
  static constexpr std::string_view kName = "user id";
};
using RequestId = Id<RequestIdTag>;
using TenantId = Id<TenantIdTag>;
using UserId = Id<UserIdTag>;

/// Carried explicitly with each request; an empty id means unknown.
struct Identity {
  RequestId request;
  TenantId tenant;
  UserId user;
  Provenance request_source = Provenance::none;
  Provenance tenant_source = Provenance::none;
  Provenance user_source = Provenance::none;
};

}  // namespace v0
}  // namespace aloft
