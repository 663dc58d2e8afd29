// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/signing.hpp>

#include "aws/url.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
/// Ours: the longest region and service names have 25 and 30 letters.
constexpr std::size_t kMaxNameBytes = 64;

bool is_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return text::is_digit(c) || c == '-' || (c >= 'a' && c <= 'z');
         });
}

std::string hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4u];
    text += kDigits[byte & 15u];
  }
  return text;
}

void append_two_digits(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

Unexpected no_hash() {
  return fail(ErrorCode::internal, "the cryptographic library refused to hash",
              "see whether its FIPS module is in its error state");
}

}  // namespace

std::string signing_time(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  const auto year = static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999));
  std::string text;
  append_two_digits(text, year / 100);
  append_two_digits(text, year % 100);
  append_two_digits(text, static_cast<unsigned>(date.month()));
  append_two_digits(text, static_cast<unsigned>(date.day()));
  text += 'T';
  append_two_digits(text, static_cast<unsigned>(time.hours().count()));
  append_two_digits(text, static_cast<unsigned>(time.minutes().count()));
  append_two_digits(text, static_cast<unsigned>(time.seconds().count()));
  text += 'Z';
  return text;
}

std::string string_to_sign(std::string_view time, std::string_view scope,
                           std::string_view canonical_hash) {
  std::string text(kAlgorithm);
  text.append("\n").append(time).append("\n").append(scope).append("\n").append(canonical_hash);
  return text;
}

class Signer::Core {
 public:
  Core(SignerOptions options, Hasher& hasher) : options_(std::move(options)), hasher_(hasher) {}
  ~Core() { wipe(key_.data(), key_.size()); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const SignerOptions& options() const noexcept { return options_; }
  std::uint64_t keys_derived() const noexcept { return keys_derived_.load(); }

  Result<std::string> payload_hash(std::string_view body) const {
    if (!options_.body_signed) return std::string(kUnsignedPayload);
    Digest digest;
    if (!hasher_.sha256(body, digest)) return no_hash();
    return hex(digest);
  }

  /// "Credential=…, SignedHeaders=…, Signature=…" after the algorithm.
  Result<std::string> authorization(const CanonicalRequest& canonical, std::string_view time,
                                    const Credentials& credentials) {
    const std::string scope = std::string(time.substr(0, 8)) + "/" + options_.region + "/" +
                              options_.service + "/" + std::string(kTerminator);
    Digest digest;
    if (!hasher_.sha256(canonical.text, digest)) return no_hash();
    const std::string text = string_to_sign(time, scope, hex(digest));
    Digest key;
    Digest signature;
    const bool signed_ok = signing_key(credentials, time.substr(0, 8), key) &&
                           hasher_.hmac_sha256(bytes_of(key), text, signature);
    wipe(key.data(), key.size());
    if (!signed_ok) return no_hash();
    std::string value(kAlgorithm);
    value.append(" Credential=").append(credentials.access_key_id).append("/").append(scope);
    value.append(", SignedHeaders=").append(canonical.signed_headers);
    value.append(", Signature=").append(hex(signature));
    return value;
  }

 private:
  bool signing_key(const Credentials& credentials, std::string_view day, Digest& out) {
    const std::lock_guard lock(mutex_);
    if (day != day_ || !secret_.same_as(credentials.secret_access_key)) {
      day_.clear();
      if (!derive(credentials.secret_access_key, day)) return false;
      secret_ = credentials.secret_access_key;
      day_ = day;
      ++keys_derived_;
    }
    out = key_;
    return true;
  }
  bool derive(const Secret& secret, std::string_view day) {
    std::string first = "AWS4";
    first.reserve(first.size() + secret.size());  // no copy is left behind by growing
    first += secret.reveal();
    Digest step;
    const bool ok = hasher_.hmac_sha256(first, day, step) &&
                    hasher_.hmac_sha256(bytes_of(step), options_.region, key_) &&
                    hasher_.hmac_sha256(bytes_of(key_), options_.service, step) &&
                    hasher_.hmac_sha256(bytes_of(step), kTerminator, key_);
    wipe(step.data(), step.size());
    wipe(first.data(), first.size());
    return ok;
  }

  const SignerOptions options_;
  Hasher& hasher_;
  std::atomic<std::uint64_t> keys_derived_{0};
  std::mutex mutex_;  // guards what follows: the key of `day_` for `secret_`
  std::string day_;
  Secret secret_;
  Digest key_{};
};

Signer::Signer(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signer> Signer::create(SignerOptions options, Hasher& hasher) {
  if (!is_name(options.region)) {
    return fail(ErrorCode::invalid_argument, "SignerOptions::region is not a region's name",
                "set AWS_REGION, e.g. to eu-central-1");
  }
  if (!is_name(options.service)) {
    return fail(ErrorCode::invalid_argument, "SignerOptions::service is not a service's name",
                "use the service's signing name, e.g. xray");
  }
  return Signer(std::make_unique<Core>(std::move(options), hasher));
}

Result<void> Signer::sign(http_client::ClientRequest& request, const Credentials& credentials,
                          WallTime at) const {
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return fail(ErrorCode::invalid_argument, "there are no credentials to sign with",
                "set up credentials; docs/configuration.md lists their sources");
  }
  const std::optional<Url> url = split_url(request.url);
  if (url && !url->is_https() && !options().body_signed) {
    return fail(ErrorCode::invalid_argument, "an unsigned body needs https",
                "use https, or sign the body");
  }
  const std::string time = signing_time(at);
  http::Headers& headers = request.headers;
  headers.remove("authorization");
  headers.remove("x-amz-security-token");
  bool fits = headers.try_set("x-amz-date", time);
  if (!credentials.session_token.empty()) {
    fits = fits && headers.try_set("x-amz-security-token", credentials.session_token.reveal());
  }
  if (!options().body_signed) {
    fits = fits && headers.try_set("x-amz-content-sha256", kUnsignedPayload);
  }
  Result<std::string> payload = core_->payload_hash(request.body);
  if (!payload) return unexpected(payload.error());
  const Result<CanonicalRequest> canonical = canonical_request(request, *payload);
  if (!canonical) return unexpected(canonical.error());
  const Result<std::string> value = core_->authorization(*canonical, time, credentials);
  if (!value) return unexpected(value.error());
  if (!fits || !headers.try_set("authorization", *value)) {
    return fail(ErrorCode::invalid_argument, "the fields of the signature do not fit",
                "send fewer fields, and check the credentials for control characters");
  }
  return {};
}

const SignerOptions& Signer::options() const noexcept { return core_->options(); }
std::uint64_t Signer::keys_derived() const noexcept { return core_->keys_derived(); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
