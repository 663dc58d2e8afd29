// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/redaction_policy.hpp>

#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

using redaction::Work;

constexpr std::string_view kOversizeLabel = "[redacted:oversize]";
// As in redactor.cpp: one pass finds everything in ordinary text, the next proves it; a text that
// is not clean after the last goes whole.
constexpr int kMaxPasses = 4;
// A masked number shows four digits and hides eight at least; PCI DSS 4.0 3.4.1 allows the first
// six and the last four.
constexpr std::size_t kShownDigits = 4;
constexpr std::size_t kMinMaskedDigits = 12;
constexpr std::string_view kMaskMark = " *";
constexpr std::size_t kMaxNoteBytes = 1 + HashKeys::kMaxTokenBytes;

constexpr std::uint32_t bit_of(SensitiveClass value) noexcept {
  return 1U << static_cast<unsigned>(value);
}

bool may(SensitiveClass value, RedactionAction action) noexcept {
  switch (action) {
    case RedactionAction::erase:
      return true;
    case RedactionAction::mask:
      return value == SensitiveClass::pan;
    case RedactionAction::hash:
      return !is_always_erased(value);
    case RedactionAction::keep:
      return value == SensitiveClass::email || value == SensitiveClass::phone ||
             value == SensitiveClass::account || value == SensitiveClass::personal;
  }
  return false;
}

struct Setting {
  SensitiveClass value_class;
  RedactionAction RedactionPolicy::*action;
  std::string_view name;
};
constexpr Setting kSettings[] = {
    {SensitiveClass::pan, &RedactionPolicy::pan, "pan"},
    {SensitiveClass::credential, &RedactionPolicy::credential, "credential"},
    {SensitiveClass::ssn, &RedactionPolicy::ssn, "ssn"},
    {SensitiveClass::email, &RedactionPolicy::email, "email"},
    {SensitiveClass::phone, &RedactionPolicy::phone, "phone"},
    {SensitiveClass::account, &RedactionPolicy::account, "account"},
    {SensitiveClass::personal, &RedactionPolicy::personal, "personal"},
};

KeyClass personal_key(std::string_view text, std::size_t end) {
  return detail::class_by(detail::kPersonalWords, text, end);
}

redaction::Scan scan_of(std::string_view text, TextEnd end, Work& work, std::uint32_t kept) {
  redaction::Scan scan{text, end == TextEnd::cut, work};
  scan.personal_key = personal_key;
  scan.kept = kept;
  return scan;
}

// A number as the redactor would meet it in text. `digits` must have room for it.
std::string_view print(const Value& value, char (&digits)[64]) noexcept {
  switch (value.kind()) {
    case Value::Kind::text:
      return value.text();
    case Value::Kind::integer:
      return {digits,
              static_cast<std::size_t>(
                  std::to_chars(digits, digits + sizeof digits, value.integer()).ptr - digits)};
    case Value::Kind::number: {
      // Digits of a whole number, as a card number that became one would show them.
      constexpr double kWhole = 1e15;
      const bool is_whole = value.number() > -kWhole * 1e5 && value.number() < kWhole * 1e5;
      const auto end = is_whole ? std::to_chars(digits, digits + sizeof digits, value.number(),
                                                std::chars_format::fixed, 0)
                                : std::to_chars(digits, digits + sizeof digits, value.number());
      return {digits, static_cast<std::size_t>(end.ptr - digits)};
    }
    case Value::Kind::boolean:
      break;
  }
  return value.boolean() ? "true" : "false";
}

std::size_t count_digits(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), text::is_digit));
}

// Whether a field's value is what its key says. Wider than in text, where the value's end is a
// guess: a field under `pin` goes when there is a digit in it.
bool is_of_shape(detail::ValueShape shape, std::string_view value) noexcept {
  using detail::ValueShape;
  const std::size_t digits = count_digits(value);
  switch (shape) {
    case ValueShape::token:
      return value.size() >= 3 && std::any_of(value.begin(), value.end(), text::is_alnum);
    case ValueShape::signature:
      return value.size() >= 16 && value.find(' ') == std::string_view::npos;
    case ValueShape::pin:
    case ValueShape::cvv:
      return digits > 0;
    case ValueShape::card:
      return digits >= 12;
    case ValueShape::email:
      return value.find('@') != std::string_view::npos ||
             value.find("%40") != std::string_view::npos;
    case ValueShape::phone:
      return digits >= 7;
    case ValueShape::ssn:
      return digits >= 9;
    case ValueShape::account:
      return digits >= 4;
    default:
      return !value.empty();
  }
}

}  // namespace

// ---- PolicyRedactor
// ------------------------------------------------------------------------------

PolicyRedactor::PolicyRedactor(const RedactionPolicy& policy,
                               std::shared_ptr<const HashKeys> keys) noexcept
    : policy_(policy), keys_(std::move(keys)) {
  for (const Setting& setting : kSettings) {
    if (policy.*setting.action == RedactionAction::keep) kept_ |= bit_of(setting.value_class);
  }
}

Result<PolicyRedactor> PolicyRedactor::create(const RedactionPolicy& policy,
                                              std::shared_ptr<const HashKeys> keys) {
  for (const Setting& setting : kSettings) {
    if (may(setting.value_class, policy.*setting.action)) continue;
    return fail(ErrorCode::invalid_argument,
                "the redaction policy has no such action for " + std::string(setting.name),
                "erase or hash it; only card numbers are masked, only personal data is kept");
  }
  return PolicyRedactor(policy, std::move(keys));
}

RedactionAction PolicyRedactor::action_of(SensitiveClass found) const noexcept {
  for (const Setting& setting : kSettings) {
    if (setting.value_class == found) return policy_.*setting.action;
  }
  return RedactionAction::erase;
}

// The label with its note, into `out`, which has room for `kMaxNoteBytes` beyond the label.
std::size_t PolicyRedactor::write(SensitiveClass found, std::string_view value,
                                  RedactionAction action, char* out) const noexcept {
  const std::string_view label = redaction::label(found);
  const char* const begin = out;
  const auto put = [&out](std::string_view bytes) {
    std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  };
  put(label.substr(0, label.size() - 1));
  const bool is_plain = value.find_first_of("%&\\") == std::string_view::npos;  // no encoded digits
  if (action == RedactionAction::mask && is_plain && count_digits(value) >= kMinMaskedDigits) {
    put(kMaskMark);
    char* const shown = out;
    std::size_t left = kShownDigits;
    for (std::size_t at = value.size(); at > 0 && left > 0; --at) {
      if (text::is_digit(value[at - 1])) shown[--left] = value[at - 1];
    }
    out += kShownDigits;
  } else if (action == RedactionAction::hash && keys_ != nullptr && !value.empty()) {
    char room[HashKeys::kMaxTokenBytes];
    const std::string_view token = keys_->token(found, value, room);
    if (!token.empty()) put(" ");
    put(token);
  }
  put("]");
  return static_cast<std::size_t>(out - begin);
}

std::string_view PolicyRedactor::render(SensitiveClass found, std::string_view value,
                                        RedactionAction action,
                                        RedactionScratch& scratch) const noexcept {
  const std::string_view label = redaction::label(found);
  if (action == RedactionAction::erase) return label;
  char* const room = Work(scratch).allocate(label.size() + kMaxNoteBytes);
  return room != nullptr ? std::string_view(room, write(found, value, action, room)) : label;
}

// As Work::apply, with notes. A view without data when there is no room.
std::string_view PolicyRedactor::apply(std::string_view text, Work& work) const noexcept {
  std::size_t most = text.size();
  for (const redaction::Edit& edit : work.edits()) {
    const bool has_note = action_of(edit.secret) != RedactionAction::erase;
    most += redaction::label(edit.secret).size() + (has_note ? kMaxNoteBytes : 0);
    most -= edit.end - edit.begin;
  }
  char* const bytes = work.allocate(most);
  if (bytes == nullptr) return {};
  char* out = bytes;
  std::size_t copied = 0;
  const auto copy_until = [&](std::size_t end) {
    if (end != copied) std::memcpy(out, text.data() + copied, end - copied);
    out += end - copied;
  };
  for (const redaction::Edit& edit : work.edits()) {
    copy_until(edit.begin);
    out += write(edit.secret, text.substr(edit.begin, edit.end - edit.begin),
                 action_of(edit.secret), out);
    copied = edit.end;
  }
  copy_until(text.size());
  return {bytes, static_cast<std::size_t>(out - bytes)};
}

std::string_view PolicyRedactor::redact(std::string_view text, RedactionScratch& scratch,
                                        RedactionCounts& counts, TextEnd end) const noexcept {
  if (text.size() > kMaxRedactableBytes) {
    ++counts.oversize;
    return kOversizeLabel;
  }
  if (redaction::is_whole_identifier(text)) return text;
  Work work(scratch);
  for (int pass = 0;; ++pass) {
    redaction::Scan scan = scan_of(text, end, work, kept_);
    redaction::find_secrets_and_personal_data(scan);
    if (scan.has_escapes && work.empty()) {
      redaction::find_behind_escapes(scan, redaction::find_secrets_and_personal_data);
    }
    if (work.complete() && work.empty()) return text;
    const bool may_apply = work.complete() && pass < kMaxPasses;
    const std::string_view applied = may_apply ? apply(text, work) : std::string_view();
    if (applied.data() == nullptr) {
      ++counts.oversize;
      return kOversizeLabel;
    }
    work.count(counts);
    work.clear();
    text = applied;
  }
}

Value PolicyRedactor::redact_field(KeyClass key, const Value& value, RedactionScratch& scratch,
                                   RedactionCounts& counts, TextEnd end) const noexcept {
  if (value.kind() == Value::Kind::boolean) return value;
  char digits[64];
  const std::string_view printed = print(value, digits);
  const bool is_wanted =
      key.sensitive_class != SensitiveClass::none && (kept_ & bit_of(key.sensitive_class)) == 0;
  if (is_wanted && is_of_shape(key.shape, printed) &&
      redaction::label_at(printed, 0) != printed.size()) {
    ++counts.of(key.sensitive_class);
    return render(key.sensitive_class, printed, action_of(key.sensitive_class), scratch);
  }
  if (value.kind() == Value::Kind::text) return redact(printed, scratch, counts, end);
  // Fewer than twelve digits are part of no card number that we know (13 to 19 digits).
  if (printed.size() < kMinMaskedDigits) return value;
  const std::string_view safe = redact(printed, scratch, counts);
  return safe.data() == printed.data() ? value : Value(safe);
}

Value PolicyRedactor::redact_typed(const SensitiveValue& typed, RedactionScratch& scratch,
                                   RedactionCounts& counts) const noexcept {
  const SensitiveClass found = typed.sensitive_class;
  if (found == SensitiveClass::none) return redact_field({}, typed.value, scratch, counts);
  if (found == SensitiveClass::safe) {
    if (typed.value.kind() != Value::Kind::text) return typed.value;
    // Credentials have letters that no id needs; digits are what its author vouches for.
    Work work(scratch);
    redaction::Scan scan{typed.value.text(), false, work};
    scan.digits_done = scan.text.size();
    redaction::find_secrets(scan);
    if (work.complete() && work.empty()) return typed.value;
    work.count(counts);
    return redaction::label(SensitiveClass::credential);
  }
  RedactionAction action = typed.hash_asked ? RedactionAction::hash : action_of(found);
  if (!may(found, action)) action = RedactionAction::erase;
  if (action == RedactionAction::keep) return redact_field({}, typed.value, scratch, counts);
  char digits[64];
  ++counts.of(found);
  return render(found, print(typed.value, digits), action, scratch);
}

void PolicyRedactor::redact_split(std::span<Value> values, RedactionCounts& counts) const noexcept {
  char digits[64];
  for (std::size_t begin = 0; begin < values.size();) {
    redaction::Pieces pieces;
    std::size_t end = begin;
    for (; end < values.size(); ++end) {
      if (values[end].kind() == Value::Kind::boolean || !pieces.add(print(values[end], digits))) {
        break;
      }
    }
    if (end - begin >= 2 && pieces.are_card_number()) {
      for (std::size_t i = begin; i < end; ++i) values[i] = redaction::label(SensitiveClass::pan);
      ++counts.card;
    }
    begin = std::max(end, begin + 1);
  }
}

// ---- RedactionPolicies
// ---------------------------------------------------------------------------

Result<RedactionPolicies> RedactionPolicies::create(const RedactionPolicy& everybody,
                                                    const std::vector<OfTenant>& tenants,
                                                    const std::shared_ptr<const HashKeys>& keys) {
  if (tenants.size() > kMaxTenants) {
    return fail(ErrorCode::resource_exhausted, "too many tenants with a redaction policy",
                "give most of them the policy of everybody");
  }
  RedactionPolicies all;
  Result<PolicyRedactor> first = PolicyRedactor::create(everybody, keys);
  if (!first) return Unexpected(std::move(first).error());
  all.everybody_ = *first;
  for (const OfTenant& one : tenants) {
    Result<PolicyRedactor> redactor = PolicyRedactor::create(one.policy, keys);
    if (!redactor) return Unexpected(std::move(redactor).error());
    all.tenants_.push_back({one.tenant, *redactor});
  }
  std::sort(all.tenants_.begin(), all.tenants_.end(),
            [](const Entry& a, const Entry& b) { return a.tenant < b.tenant; });
  const auto twice =
      std::adjacent_find(all.tenants_.begin(), all.tenants_.end(),
                         [](const Entry& a, const Entry& b) { return a.tenant == b.tenant; });
  if (twice != all.tenants_.end() || (!all.tenants_.empty() && all.tenants_[0].tenant.empty())) {
    return fail(ErrorCode::invalid_argument, "a tenant has no name or two redaction policies",
                "give each tenant one");
  }
  return all;
}

const PolicyRedactor& RedactionPolicies::of(std::string_view tenant) const noexcept {
  const auto found = std::lower_bound(
      tenants_.begin(), tenants_.end(), tenant,
      [](const Entry& entry, std::string_view name) { return entry.tenant < name; });
  return found != tenants_.end() && found->tenant == tenant ? found->redactor : everybody_;
}

}  // namespace v0
}  // namespace aloft
