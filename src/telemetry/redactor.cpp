// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/redactor.hpp>

#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

using redaction::Secret;
using redaction::Work;

constexpr std::string_view kOversizeLabel = "[redacted:oversize]";

// One pass finds everything in ordinary text; the next proves it. A removal can, in text made for
// it, bring out something new, hence the others; a text that is not clean then goes whole.
constexpr int kMaxPasses = 4;

[[gnu::cold]] bool is_scheme(std::string_view scheme) noexcept {
  constexpr std::size_t kLongest = 16;
  return !scheme.empty() && scheme.size() <= kLongest &&
         std::all_of(scheme.begin(), scheme.end(),
                     [](char c) { return text::is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

bool is_host_char(char c) noexcept { return text::is_alnum(c) || c == '.' || c == '-' || c == '_'; }

// "host", "host:8080", "[::1]:8080", with nothing that could be a password.
[[gnu::cold]] bool is_host_and_port(std::string_view authority) noexcept {
  std::size_t at = 0;
  if (!authority.empty() && authority[0] == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    const std::string_view address = authority.substr(1, close - 1);
    const bool is_address = std::all_of(address.begin(), address.end(), [](char c) {
      return redaction::is_hex(c) || c == ':' || c == '.';
    });
    if (!is_address) return false;
    at = close + 1;
  } else {
    while (at < authority.size() && is_host_char(authority[at])) ++at;
  }
  if (at == 0) return false;
  if (at == authority.size()) return true;
  const std::string_view port = authority.substr(at + 1);
  return authority[at] == ':' && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), text::is_digit);
}

bool is_clean(std::string_view text, TextEnd end, Work& work) noexcept {
  redaction::Scan scan{text, end == TextEnd::cut, work};
  redaction::find_secrets(scan);
  if (scan.has_escapes && work.empty())
    redaction::find_behind_escapes(scan, redaction::find_secrets);
  return work.complete() && work.empty();
}

// Applies what `work` holds and looks again until nothing is found. Out of line: most is clean.
[[gnu::cold, gnu::noinline]] std::string_view clean(std::string_view text, TextEnd end, Work& work,
                                                    RedactionCounts& counts) noexcept {
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    text = work.complete() ? work.apply(text) : std::string_view();
    if (text.data() == nullptr) {
      ++counts.oversize;
      return kOversizeLabel;
    }
    work.count(counts);
    work.clear();
    if (is_clean(text, end, work)) return text;
  }
  return redaction::label(Secret::credential);
}

// Something@something, also with the @ percent-encoded.
bool is_email_address(std::string_view id) noexcept {
  std::size_t at = id.find('@');
  std::size_t size = 1;
  if (at == std::string_view::npos) {
    at = id.find("%40");
    size = 3;
  }
  return at != std::string_view::npos && at > 0 && at + size < id.size();
}

bool is_phone_number(std::string_view id) noexcept {
  if (id.substr(0, 4) == "tel:") id.remove_prefix(4);
  std::size_t digits = 0;
  bool has_separator = false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    if (text::is_digit(c)) {
      ++digits;
    } else if (std::string_view(" -.()/").find(c) != std::string_view::npos ||
               (c == '+' && i == 0)) {
      has_separator = true;
    } else {
      return false;
    }
  }
  // Seven digits are the shortest subscriber numbers, fifteen the longest of E.164. Without any
  // separator, fewer than ten are more likely a key of a database.
  return digits >= (has_separator ? 7U : 10U) && digits <= 15;
}

}  // namespace

// ---- RedactionScratch
// ----------------------------------------------------------------------------

struct RedactionScratch::Block {
  Block* older;
  std::size_t capacity_bytes;
  std::size_t used_bytes;
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
};

RedactionScratch::~RedactionScratch() {
  while (newest_ != nullptr) ::operator delete(std::exchange(newest_, newest_->older));
  ::operator delete(edits_);
}

void RedactionScratch::clear() noexcept {
  if (newest_ == nullptr) return;
  while (newest_->older != nullptr) {
    held_bytes_ -= newest_->capacity_bytes;
    ::operator delete(std::exchange(newest_, newest_->older));
  }
  newest_->used_bytes = 0;
}

char* RedactionScratch::allocate(std::size_t size_bytes) noexcept {
  constexpr std::size_t kBlockBytes = std::size_t{16}
                                      << 10;  // most records fit, with room to spare
  if (newest_ == nullptr || newest_->capacity_bytes - newest_->used_bytes < size_bytes) {
    const std::size_t capacity = std::max(size_bytes, kBlockBytes);
    if (capacity > limit_bytes_ - std::min(limit_bytes_, held_bytes_)) return nullptr;
    void* const memory = ::operator new(sizeof(Block) + capacity, std::nothrow);
    if (memory == nullptr) return nullptr;
    newest_ = new (memory) Block{newest_, capacity, 0};
    held_bytes_ += capacity;
  }
  char* const bytes = newest_->bytes() + newest_->used_bytes;
  newest_->used_bytes += size_bytes;
  return bytes;
}

void RedactionScratch::give_back(const char* bytes, std::size_t size_bytes) noexcept {
  if (newest_ == nullptr || newest_->used_bytes < size_bytes) return;
  if (newest_->bytes() + (newest_->used_bytes - size_bytes) == bytes) {
    newest_->used_bytes -= size_bytes;
  }
}

bool RedactionScratch::grow_edits() noexcept {
  const std::size_t capacity = edit_capacity_ == 0 ? 32 : edit_capacity_ * 2;
  const std::size_t added_bytes = (capacity - edit_capacity_) * sizeof(redaction::Edit);
  if (added_bytes > limit_bytes_ - std::min(limit_bytes_, held_bytes_)) return false;
  void* const memory = ::operator new(capacity * sizeof(redaction::Edit), std::nothrow);
  if (memory == nullptr) return false;
  if (edits_ != nullptr) std::memcpy(memory, edits_, edit_capacity_ * sizeof(redaction::Edit));
  ::operator delete(edits_);
  edits_ = static_cast<redaction::Edit*>(memory);
  edit_capacity_ = capacity;
  held_bytes_ += added_bytes;
  return true;
}

// ---- Redactor
// ------------------------------------------------------------------------------------

RedactionCounts& RedactionCounts::operator+=(const RedactionCounts& other) noexcept {
  card += other.card;
  credential += other.credential;
  url_userinfo += other.url_userinfo;
  email_user += other.email_user;
  phone_user += other.phone_user;
  oversize += other.oversize;
  email += other.email;
  phone += other.phone;
  ssn += other.ssn;
  account += other.account;
  personal += other.personal;
  return *this;
}

std::uint64_t RedactionCounts::total() const noexcept {
  return card + credential + url_userinfo + email_user + phone_user + oversize + email + phone +
         ssn + account + personal;
}

std::uint64_t& RedactionCounts::of(SensitiveClass found) noexcept {
  constexpr std::uint64_t RedactionCounts::*kCounters[kSensitiveClasses] = {
      &RedactionCounts::personal,   &RedactionCounts::personal,     &RedactionCounts::card,
      &RedactionCounts::card,       &RedactionCounts::credential,   &RedactionCounts::credential,
      &RedactionCounts::credential, &RedactionCounts::url_userinfo, &RedactionCounts::email,
      &RedactionCounts::phone,      &RedactionCounts::ssn,          &RedactionCounts::account,
      &RedactionCounts::personal};
  return this->*kCounters[static_cast<std::size_t>(found)];
}

std::string_view Redactor::redact(std::string_view text, RedactionScratch& scratch,
                                  RedactionCounts& counts, TextEnd end) const noexcept {
  if (text.size() > kMaxRedactableBytes) {
    ++counts.oversize;
    return kOversizeLabel;
  }
  if (redaction::is_whole_identifier(text)) return text;
  Work work(scratch);
  return is_clean(text, end, work) ? text : clean(text, end, work, counts);
}

[[gnu::cold]] std::string_view Redactor::redact_url(std::string_view url, UrlPath path,
                                                    RedactionScratch& scratch,
                                                    RedactionCounts& counts) const noexcept {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || !is_scheme(url.substr(0, scheme_end))) {
    return path == UrlPath::route_template ? redact(url, scratch, counts) : std::string_view();
  }
  const std::size_t authority_begin = scheme_end + 3;
  const std::size_t authority_end = std::min(url.size(), url.find_first_of("/\\", authority_begin));
  std::string_view host = url.substr(authority_begin, authority_end - authority_begin);
  const std::size_t at_sign = host.rfind('@');
  if (at_sign != std::string_view::npos) {
    host.remove_prefix(at_sign + 1);
    ++counts.url_userinfo;
  }
  Work work(scratch);
  std::string_view safe =
      url.substr(0, path == UrlPath::route_template ? url.size() : authority_end);
  if (!is_host_and_port(host)) {
    // A password with a `/`, `?` or `#` in it ends up here: neither host nor path can be trusted.
    if (at_sign == std::string_view::npos) ++counts.url_userinfo;
    safe = work.join(url.substr(0, authority_begin), redaction::label(Secret::userinfo), {});
  } else if (at_sign != std::string_view::npos) {
    safe = work.join(url.substr(0, authority_begin), host, safe.substr(authority_end));
  }
  if (safe.data() == nullptr) {
    ++counts.oversize;
    return kOversizeLabel;
  }
  return redact(safe, scratch, counts);
}

std::string_view Redactor::safe_user_id(std::string_view user_id,
                                        RedactionCounts& counts) const noexcept {
  if (is_email_address(user_id)) {
    ++counts.email_user;
    return {};
  }
  if (is_phone_number(user_id)) {
    ++counts.phone_user;
    return {};
  }
  return user_id;
}

[[gnu::cold]] bool is_credential_header(std::string_view name) noexcept {
  // Wider than the keys of text, where `session` is an ordinary word: a header nobody needs is
  // cheaper than one that should not be there.
  static constexpr std::string_view kWords[] = {"auth",       "cookie",   "token",  "secret",
                                                "password",   "api-key",  "apikey", "session",
                                                "credential", "signature"};
  const auto is_in_name = [&](std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(),
                       [](char c, char lower) { return text::to_lower(c) == lower; }) != name.end();
  };
  return redaction::is_sensitive_key(name) ||
         std::any_of(std::begin(kWords), std::end(kWords), is_in_name);
}

}  // namespace v0
}  // namespace aloft
