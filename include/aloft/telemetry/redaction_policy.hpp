// SPDX-License-Identifier: Apache-2.0
// What becomes of each class of sensitive data in logs: erased, masked, hashed or kept, for each
// tenant if need be. Beyond what spans look for (telemetry/redactor.hpp) it finds email addresses,
// telephone numbers, social security numbers, bank accounts, and personal data under telling keys.
//
//   RedactionPolicy policy;                              // erases everything
//   policy.email = RedactionAction::hash;                // `[redacted:email k7/cfhpnbkoaiedgmlj]`
//   policy.pan = RedactionAction::mask;                  // `[redacted:pan *1111]`
//   auto redactor = PolicyRedactor::create(policy, keys);
//   std::string_view safe = redactor->redact(message, scratch, counts);
//
// Verification codes, PINs, passwords and the user info of URLs have no setting: they are always
// erased. Card numbers, credentials and social security numbers cannot be kept. A hash without
// keys, or one that the hasher refuses, erases. The backend runs it: nothing here blocks a request.
//
// Thread-safety: immutable once created; scratch and counts belong to one thread.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/core/sensitive.hpp>
#include <aloft/telemetry/hash_keys.hpp>
#include <aloft/telemetry/key_class.hpp>
#include <aloft/telemetry/redactor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

enum class RedactionAction : std::uint8_t {
  erase,  ///< `[redacted:email]`
  mask,   ///< card numbers only: the last four digits, where at least eight others are hidden
  hash,   ///< `[redacted:email k7/cfhpnbkoaiedgmlj]`, by `HashKeys`
  keep,   ///< not looked for
};

struct RedactionPolicy {
  RedactionAction pan = RedactionAction::erase;         ///< erase, mask or hash
  RedactionAction credential = RedactionAction::erase;  ///< erase or hash
  RedactionAction ssn = RedactionAction::erase;         ///< erase or hash
  RedactionAction email = RedactionAction::erase;       ///< erase, hash or keep
  RedactionAction phone = RedactionAction::erase;       ///< erase, hash or keep
  RedactionAction account = RedactionAction::erase;     ///< erase, hash or keep
  RedactionAction personal = RedactionAction::erase;    ///< erase, hash or keep

  friend bool operator==(const RedactionPolicy&, const RedactionPolicy&) = default;
};

class PolicyRedactor {
 public:
  /// Erases everything.
  PolicyRedactor() noexcept = default;
  /// @error invalid_argument  an action that its class does not have.
  static Result<PolicyRedactor> create(const RedactionPolicy& policy,
                                       std::shared_ptr<const HashKeys> keys = nullptr);

  /// `text` as the policy wants it. Answers `text` itself when there was nothing to do, else a copy
  /// that lives until `scratch.clear()`. Cleaning a clean text changes nothing. Linear in the
  /// length. Instructions for clean text (callgrind, g++ 12 -O3): 4 a byte for prose, 39 for log
  /// lines with dates, 69 for JSON that is mostly ids.
  std::string_view redact(std::string_view text, RedactionScratch& scratch, RedactionCounts& counts,
                          TextEnd end = TextEnd::complete) const noexcept;

  /// The value of a field. `key` is `classify_key` of its key, known when compiled for literals.
  /// A truth value is always kept: `has_password` tells nothing.
  Value redact_field(KeyClass key, const Value& value, RedactionScratch& scratch,
                     RedactionCounts& counts, TextEnd end = TextEnd::complete) const noexcept;

  /// The value of a typed field (core/sensitive.hpp).
  Value redact_typed(const SensitiveValue& value, RedactionScratch& scratch,
                     RedactionCounts& counts) const noexcept;

  /// Fields that follow one another, or the elements of a list, after `redact_field` of each: a
  /// card number in pieces over them. Replaces the pieces.
  void redact_split(std::span<Value> values, RedactionCounts& counts) const noexcept;

  const RedactionPolicy& policy() const noexcept { return policy_; }

 private:
  PolicyRedactor(const RedactionPolicy& policy, std::shared_ptr<const HashKeys> keys) noexcept;

  RedactionAction action_of(SensitiveClass found) const noexcept;
  std::size_t write(SensitiveClass found, std::string_view value, RedactionAction action,
                    char* out) const noexcept;
  std::string_view render(SensitiveClass found, std::string_view value, RedactionAction action,
                          RedactionScratch& scratch) const noexcept;
  std::string_view apply(std::string_view text, redaction::Work& work) const noexcept;

  RedactionPolicy policy_;
  std::shared_ptr<const HashKeys> keys_;
  std::uint32_t kept_ = 0;  // a bit for each class
};

/// A policy for everybody, and others for some tenants.
class RedactionPolicies {
 public:
  struct OfTenant {
    std::string tenant;
    RedactionPolicy policy;
  };
  /// Ours: a table that somebody wrote, not one that requests fill.
  static constexpr std::size_t kMaxTenants = 10'000;

  RedactionPolicies() = default;
  /// @error invalid_argument    a policy is invalid, or a tenant has none or two.
  /// @error resource_exhausted  more than `kMaxTenants`.
  static Result<RedactionPolicies> create(const RedactionPolicy& everybody,
                                          const std::vector<OfTenant>& tenants = {},
                                          const std::shared_ptr<const HashKeys>& keys = nullptr);

  /// The redactor of a tenant; of everybody when it has no policy of its own, or is empty.
  const PolicyRedactor& of(std::string_view tenant) const noexcept;

 private:
  struct Entry {
    std::string tenant;
    PolicyRedactor redactor;
  };
  PolicyRedactor everybody_;
  std::vector<Entry> tenants_;  // sorted
};

}  // namespace v0
}  // namespace aloft
