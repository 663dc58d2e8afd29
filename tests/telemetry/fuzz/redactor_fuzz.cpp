// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: no crash, a clean text stays as it is, cleaning twice changes nothing, every
// removal leaves a label, and a planted card number is gone; by a policy as well, whatever it does
// with each class, and a planted email address too.
#include <aloft/telemetry/key_class.hpp>
#include <aloft/telemetry/redaction_policy.hpp>
#include <aloft/telemetry/redactor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace aloft;

void require(bool fact) {
  if (!fact) std::abort();
}

void check_text(const Redactor& redactor, std::string_view text, TextEnd end) {
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::string_view once = redactor.redact(text, scratch, counts, end);
  const bool is_clean = once.data() == text.data();
  require(is_clean == (counts.total() == 0));
  require(is_clean || once.find("[redacted:") != std::string_view::npos);
  const RedactionCounts before = counts;
  require(redactor.redact(once, scratch, counts, end).data() == once.data());
  require(counts == before);
}

void check_url(const Redactor& redactor, std::string_view url) {
  RedactionScratch scratch;
  RedactionCounts counts;
  for (const UrlPath path : {UrlPath::as_sent, UrlPath::route_template}) {
    const std::string_view safe = redactor.redact_url(url, path, scratch, counts);
    require(safe.find_first_of("?#") == std::string_view::npos);
    if (path == UrlPath::as_sent) require(safe.find('@') == std::string_view::npos);
  }
}

void check_planted(const Redactor& redactor, std::string_view text) {
  constexpr std::string_view kCard = "|4242424242424242|";
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::size_t middle = text.size() / 2;
  std::string planted(text.substr(0, middle));
  planted.append(kCard).append(text.substr(middle));
  require(redactor.redact(planted, scratch, counts).find(kCard) == std::string_view::npos);
}

/// Equal texts are equal; no more is asked of it here.
class SumHasher final : public Hasher {
 public:
  bool sha256(std::string_view, Digest&) noexcept override { return false; }
  bool hmac_sha256(std::string_view key, std::string_view bytes, Digest& out) noexcept override {
    std::uint64_t sum = key.size();
    for (const char c : bytes) sum = sum * 31 + static_cast<unsigned char>(c);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::uint8_t>(sum >> (i % 8 * 8));
    return true;
  }
};

const std::array<PolicyRedactor, 3>& policies() {
  static SumHasher hasher;
  static const std::array<PolicyRedactor, 3> all = [] {
    std::shared_ptr<const HashKeys> keys =
        std::move(*HashKeys::create({"k7", secret(std::string(32, 'k'))}, hasher));
    constexpr RedactionAction kHash = RedactionAction::hash;
    constexpr RedactionAction kKeep = RedactionAction::keep;
    return std::array<PolicyRedactor, 3>{
        PolicyRedactor(),
        *PolicyRedactor::create({kHash, kHash, kHash, kHash, kHash, kHash, kHash}, keys),
        *PolicyRedactor::create(
            {RedactionAction::mask, RedactionAction::erase, kHash, kKeep, kKeep, kKeep, kKeep},
            keys)};
  }();
  return all;
}

void check_policy(const PolicyRedactor& redactor, std::string_view text, TextEnd end) {
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::string_view once = redactor.redact(text, scratch, counts, end);
  require((once.data() == text.data()) == (counts.total() == 0));
  const RedactionCounts before = counts;
  require(redactor.redact(once, scratch, counts, end).data() == once.data());
  require(counts == before);

  // A field whose key is the first word of the text.
  const std::string_view key = text.substr(0, text.find_first_of("=: "));
  const Value field = redactor.redact_field(classify_key(key), text, scratch, counts);
  const Value again = redactor.redact_field(classify_key(key), field, scratch, counts);
  require(again.text() == field.text() || again.text().substr(0, 10) == "[redacted:");

  std::array<Value, 3> pieces = {Value(text.substr(0, text.size() / 2)), Value(7),
                                 Value(text.substr(text.size() / 2))};
  redactor.redact_split(pieces, counts);
}

void check_planted_by_policy(std::string_view text) {
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::size_t middle = text.size() / 2;
  for (const std::string_view secret : {"|4242424242424242|", "|zoe.q@example.org|"}) {
    std::string planted(text.substr(0, middle));
    planted.append(secret).append(text.substr(middle));
    const std::string_view left = policies()[0].redact(planted, scratch, counts);
    require(left.find(secret.substr(1, secret.size() - 2)) == std::string_view::npos ||
            text.find(secret.substr(1, secret.size() - 2)) != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Redactor redactor;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_text(redactor, text, TextEnd::complete);
  check_text(redactor, text, TextEnd::cut);
  check_url(redactor, text);
  check_planted(redactor, text);
  check_planted_by_policy(text);
  for (const PolicyRedactor& policy : policies()) {
    check_policy(policy, text, TextEnd::complete);
    check_policy(policy, text, TextEnd::cut);
  }
  RedactionCounts counts;
  redactor.safe_user_id(text, counts);
  is_credential_header(text);
  return 0;
}
