// SPDX-License-Identifier: Apache-2.0
// Takes secrets out of every string before an encoder, a file or the wire sees it.
//
// Two nets. The first is by place: the headers of credentials are known by name, a URL keeps
// scheme, host and route, a user id that is an email address or a phone number is dropped. The
// second is by shape, over every string: card numbers, credentials with a known prefix or under a
// telling key, passwords in URLs. What is found is replaced by its class, e.g. `[redacted:pan]`,
// never by its length. The backend thread runs it; `docs/threat-model.md` says what it cannot see.
// What looks for personal data as well, by a policy, is telemetry/redaction_policy.hpp.
//
//   RedactionScratch scratch;  RedactionCounts counts;
//   std::string_view safe = Redactor().redact(message, scratch, counts);
//   write(safe);  scratch.clear();
//
// Thread-safety: a `Redactor` has no state; scratch and counts belong to one thread.
#pragma once

#include <aloft/core/sensitive_class.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// Longest string that is looked at; a longer one is replaced whole. Ours: four times the longest
/// record of any wire (a CloudWatch log event, 1 MiB).
inline constexpr std::size_t kMaxRedactableBytes = std::size_t{4} << 20;

/// Whether a header of this name (in any case) may carry a credential or card data, e.g.
/// `Authorization`, `X-Api-Key`: a word of one anywhere in it is enough. Whoever records headers
/// asks here and leaves these out, listed or not; there is no switch that records them.
bool is_credential_header(std::string_view name) noexcept;

/// What was taken out, by class; the caller adds these up.
struct RedactionCounts {
  std::uint64_t card = 0;          ///< card numbers and verification codes
  std::uint64_t credential = 0;    ///< keys, tokens, passwords, PINs, private keys
  std::uint64_t url_userinfo = 0;  ///< `user:password@` in a URL
  std::uint64_t email_user = 0;    ///< user ids that were email addresses
  std::uint64_t phone_user = 0;    ///< user ids that were phone numbers
  std::uint64_t oversize = 0;      ///< strings replaced whole: too long, or no memory to clean them
  std::uint64_t email = 0;         ///< email addresses in texts and fields
  std::uint64_t phone = 0;         ///< telephone numbers in texts and fields
  std::uint64_t ssn = 0;           ///< social security numbers
  std::uint64_t account = 0;       ///< bank accounts
  std::uint64_t personal = 0;      ///< names, addresses, dates of birth, numbers of documents

  RedactionCounts& operator+=(const RedactionCounts& other) noexcept;
  std::uint64_t total() const noexcept;
  /// The counter of a class that can be found; `none` and `safe` are none.
  std::uint64_t& of(SensitiveClass found) noexcept;
  friend bool operator==(const RedactionCounts&, const RedactionCounts&) = default;
};

/// Whether the caller has shortened the text, so that a secret may have lost its end.
enum class TextEnd : std::uint8_t { complete, cut };

/// Whether a URL's path is a route template (`/v1/charges/{id}`) or as the client sent it.
enum class UrlPath : std::uint8_t { as_sent, route_template };

namespace redaction {
struct Edit;
class Work;
}  // namespace redaction

/// Room for cleaned copies, reused from string to string: no allocation in steady state.
class RedactionScratch {
 public:
  /// @param limit_bytes  Never holds more than this; beyond it, strings are replaced whole.
  explicit RedactionScratch(std::size_t limit_bytes = 4 * kMaxRedactableBytes) noexcept
      : limit_bytes_(limit_bytes) {}
  RedactionScratch(const RedactionScratch&) = delete;
  RedactionScratch& operator=(const RedactionScratch&) = delete;
  ~RedactionScratch();

  /// Ends the life of every view that was returned from it. Keeps its first block.
  void clear() noexcept;

 private:
  friend class redaction::Work;
  struct Block;

  char* allocate(std::size_t size_bytes) noexcept;
  void give_back(const char* bytes, std::size_t size_bytes) noexcept;
  bool grow_edits() noexcept;

  std::size_t limit_bytes_;
  std::size_t held_bytes_ = 0;
  Block* newest_ = nullptr;
  redaction::Edit* edits_ = nullptr;
  std::size_t edit_capacity_ = 0;
};

class Redactor {
 public:
  /// `text` without card numbers, credentials and URL passwords.
  ///
  /// Answers `text` itself when nothing was found, else a copy that lives until `scratch.clear()`.
  /// Cleaning a clean text changes nothing. Time is linear in the length, whatever the bytes.
  /// Instructions for clean text (callgrind, g++ 12 -O3): 3.5 a byte for prose, 25 for log lines
  /// with dates, 43 for JSON that is mostly ids; 460 in all for an annotation of 16 bytes with nine
  /// digits (the budgets `redaction/…`).
  std::string_view redact(std::string_view text, RedactionScratch& scratch, RedactionCounts& counts,
                          TextEnd end = TextEnd::complete) const noexcept;

  /// Scheme and host, and the path when it is a route template; no user info, query or fragment.
  /// What does not look like a host is left out. The answer lives as that of `redact`.
  std::string_view redact_url(std::string_view url, UrlPath path, RedactionScratch& scratch,
                              RedactionCounts& counts) const noexcept;

  /// `user_id`, or empty when it has the shape of an email address or a phone number (10 to 15
  /// digits, or 7 to 15 with separators or a leading plus).
  std::string_view safe_user_id(std::string_view user_id, RedactionCounts& counts) const noexcept;
};

}  // namespace v0
}  // namespace aloft
