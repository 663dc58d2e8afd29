// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>

// Credentials that can be told by their own shape. Each function is called at a byte that the
// credential cannot do without and looks around it. The lengths asked for are well below what the
// issuers use, and any length will do where the text was cut. Those that hardly any text reaches
// are marked cold, so that they are compiled small.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

enum class Alphabet : std::uint8_t {
  token,   // letters, digits, `_`, `-`
  digits,  // the same, a digit among them: the prefix is short
  base64,
  dotted,  // the same as `token`, and `.`
};

// The last three bytes: few words have those of a prefix.
constexpr std::uint32_t ending_of(std::string_view text) noexcept {
  std::uint32_t ending = 0;
  for (const char c : text.substr(text.size() - 3)) {
    ending = ending << 8U | static_cast<unsigned char>(c);
  }
  return ending;
}

// What issuers begin their tokens with, so that these can be found. `fewest` is well below what
// they use.
struct Prefix {
  template <std::size_t N>
  constexpr Prefix(const char (&prefix)[N], std::uint8_t at_least,
                   Alphabet of = Alphabet::token) noexcept
      : length(N - 1), fewest(at_least), alphabet(of) {
    for (std::size_t i = 0; i + 1 < N; ++i) bytes[i] = prefix[i];
    ending = ending_of(text());
  }
  constexpr std::size_t size() const noexcept { return length; }
  constexpr std::string_view text() const noexcept { return {bytes, length}; }

  std::uint32_t ending = 0;
  char bytes[12]{};
  std::uint8_t length;
  std::uint8_t fewest;
  Alphabet alphabet;
};
// Sources: the pages of the issuers on their tokens, and GitHub, "Supported secret scanning
// patterns" (read 2026-11).
constexpr Prefix kPrefixes[] = {
    {"ghp_", 20},  // GitHub: 36 letters and digits
    {"gho_", 20},
    {"ghu_", 20},
    {"ghs_", 20},
    {"ghr_", 20},
    {"github_pat_", 20},  // 82
    {"sk_live_", 8},      // Stripe: 24 and more
    {"sk_test_", 8},
    {"rk_live_", 8},
    {"rk_test_", 8},
    {"pk_live_", 8},
    {"whsec_", 16, Alphabet::base64},  // Stripe, the key that signs webhooks
    {"npm_", 30, Alphabet::digits},    // npm: 36
    {"dop_v1_", 40},                   // DigitalOcean: 64
    {"shpat_", 30},                    // Shopify: 32
    {"xoxa-", 8},                      // Slack
    {"xoxb-", 8},
    {"xoxe-", 8},
    {"xoxp-", 8},
    {"xoxr-", 8},
    {"xoxs-", 8},
    {"xapp-", 20, Alphabet::digits},
    {"glpat-", 16},                   // GitLab: 20
    {"sk-", 20, Alphabet::digits},    // OpenAI, Anthropic and others: 48 and more
    {"pypi-", 40},                    // PyPI: a macaroon
    {"ya29.", 20, Alphabet::dotted},  // Google, OAuth
    {"SG.", 40, Alphabet::dotted},    // SendGrid: 22, a point, 43
};

constexpr std::string_view kSchemes[] = {"bearer", "basic"};

template <typename Belongs>
std::size_t run_end(std::string_view text, std::size_t at, Belongs belongs) noexcept {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}

// Takes [begin, end of the run at `body`) when the run has `min_size` bytes, or was cut.
template <typename Belongs>
void take_run(Scan& scan, std::size_t begin, std::size_t body, std::size_t min_size,
              Belongs belongs) noexcept {
  const std::size_t end = run_end(scan.text, body, belongs);
  if (end - body >= min_size || scan.reaches_cut_end(end)) {
    scan.take(begin, end, Secret::credential);
  }
}

// Whether `word` stands right before `end`, as a word of its own, and not in what is already gone.
bool stands_before(const Scan& scan, std::size_t end, std::string_view word) noexcept {
  if (end < scan.consumed + word.size()) return false;
  const std::size_t begin = end - word.size();
  return scan.has(begin, word) && begins_word(scan.text, begin);
}

bool is_upper_or_digit(char c) noexcept { return text::is_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_base64(char c) noexcept {
  return text::is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}
bool is_token68(char c) noexcept { return is_base64(c) || c == '.' || c == '~' || c == '%'; }

// Prose goes on in lower-case words ("Bearer authentication failed"); tokens do not.
bool looks_random(std::string_view token) noexcept {
  constexpr std::size_t kLongerThanWords = 20;
  if (token.size() >= kLongerThanWords) return true;
  const bool has_mark =
      std::any_of(token.begin(), token.end(), [](char c) { return !text::is_alpha(c); });
  const bool has_late_upper =
      token.size() > 1 &&
      std::any_of(token.begin() + 1, token.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return has_mark || has_late_upper;
}

unsigned base64_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
  if (text::is_digit(c)) return static_cast<unsigned>(c - '0') + 52;
  return c == '+' || c == '-' ? 62 : 63;
}

// RFC 7617: the credentials of `Basic` are base64 of "user:password". Looks for that colon.
bool decodes_to_pair(std::string_view base64) noexcept {
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : base64) {
    if (c == '=') return false;
    bits = ((bits << 6U) | base64_value(c)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    if (((bits >> count) & 0xFFU) == ':') return true;
  }
  return false;
}

// The end of the blanks behind an authentication scheme (` `, tab, `%20`, `+`), or `kNowhere`.
std::size_t skip_scheme_blanks(std::string_view text, std::size_t at) noexcept {
  const std::size_t begin = at;
  while (at < text.size()) {
    const std::size_t size = text[at] == '+' ? 1 : blank_at(text, at);
    if (size == 0) break;
    at += size;
  }
  return at == begin ? kNowhere : at;
}

[[gnu::cold]] void find_bearer(Scan& scan, std::size_t token) noexcept {
  std::size_t end = run_end(scan.text, token, is_token68);
  const bool was_cut = scan.reaches_cut_end(end);
  while (end > token && scan.text[end - 1] == '.') --end;  // the full stop of a sentence
  if (end == token) return;
  if (was_cut || looks_random(scan.text.substr(token, end - token))) {
    scan.take(token, end, Secret::credential);
  }
}

[[gnu::cold]] void find_basic(Scan& scan, std::size_t token) noexcept {
  constexpr std::size_t kMinOpaqueBytes = 8;
  const std::size_t end = run_end(scan.text, token, is_base64);
  if (end == token) return;
  const std::string_view base64 = scan.text.substr(token, end - token);
  const bool has_digit = std::any_of(base64.begin(), base64.end(), text::is_digit);
  const bool is_opaque = base64.size() >= kMinOpaqueBytes && (has_digit || base64.back() == '=');
  if (is_opaque || decodes_to_pair(base64) || scan.reaches_cut_end(end)) {
    scan.take(token, end, Secret::credential);
  }
}

// From "-----BEGIN … PRIVATE KEY-----" to the end of its last line, or of the text.
[[gnu::cold]] void find_private_key(Scan& scan, std::size_t begin) noexcept {
  constexpr std::string_view kDashes = "-----";
  constexpr std::size_t kMaxTitleBytes = 64;
  const std::string_view text = scan.text;
  const std::size_t title = begin + kDashes.size();
  const std::size_t title_end =
      run_end(text.substr(0, std::min(text.size(), title + kMaxTitleBytes)), title,
              [](char c) { return is_upper_or_digit(c) || c == ' '; });
  if (text.substr(title, title_end - title).find("PRIVATE KEY") == std::string_view::npos) return;
  const std::size_t last_line = text.find("-----END", title_end);
  if (last_line == std::string_view::npos) return scan.take(begin, text.size(), Secret::credential);
  const std::size_t close = text.find(kDashes, last_line + kDashes.size());
  const std::size_t end = close == std::string_view::npos ? text.size() : close + kDashes.size();
  scan.take(begin, end, Secret::credential);
}

}  // namespace

[[gnu::cold]] void find_prefixed(Scan& scan, std::size_t at) noexcept {
  constexpr std::size_t kReach = 64;  // in which a random token has a digit
  const std::string_view text = scan.text;
  const std::uint32_t ending = ending_of(text.substr(0, at + 1));
  for (const Prefix& prefix : kPrefixes) {
    const std::size_t size = prefix.size();
    if (prefix.ending != ending || at + 1 < size) continue;
    if (!stands_before(scan, at + 1, prefix.text())) continue;
    const std::size_t body = at + 1;
    const auto belongs = [&](char c) {
      return is_token_char(c) || (prefix.alphabet == Alphabet::base64 && is_base64(c)) ||
             (prefix.alphabet == Alphabet::dotted && c == '.');
    };
    const std::string_view head = text.substr(body, std::max<std::size_t>(prefix.fewest, kReach));
    const std::size_t reached = run_end(head, 0, belongs);
    const bool is_random =
        prefix.alphabet != Alphabet::digits ||
        std::any_of(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(reached),
                    text::is_digit);
    const bool is_long = reached >= prefix.fewest;
    if (!is_random || (!is_long && !scan.reaches_cut_end(body + reached))) return;
    return scan.take(at + 1 - size, run_end(text, body, belongs), Secret::credential);
  }
}

// AWS: AKIA or ASIA and 16 of A-Z 0-9. Google: AIza and 35 of the URL-safe alphabet.
[[gnu::cold]] void find_aws_or_google_key(Scan& scan, std::size_t at) noexcept {
  constexpr std::size_t kAwsBytes = 16;
  const std::string_view text = scan.text;
  if (scan.has(at, "Iza") && at >= 1 && text[at - 1] == 'A' && begins_word(text, at - 1)) {
    return take_run(scan, at - 1, at + 3, 30, is_token_char);
  }
  if (!scan.has(at, "IA") || at < 2 || text[at - 2] != 'A' || !begins_word(text, at - 2)) return;
  if (text[at - 1] != 'K' && text[at - 1] != 'S') return;
  const std::size_t end = run_end(text, at + 2, is_upper_or_digit);
  const std::size_t size = end - (at + 2);
  const bool is_whole = size == kAwsBytes && (end == text.size() || !text::is_alnum(text[end]));
  const bool is_cut = size >= kAwsBytes / 2 && size <= kAwsBytes && scan.reaches_cut_end(end);
  if (is_whole || is_cut) scan.take(at - 2, end, Secret::credential);
}

// eyJ….eyJ….…: base64url of {"… twice, and a signature that may be empty or be followed by more.
void find_json_web_token(Scan& scan, std::size_t at) noexcept {
  constexpr std::size_t kMinHeaderBytes = 10;
  constexpr std::size_t kMinPayloadBytes = 2;
  const std::string_view text = scan.text;
  if (at < 2 || !scan.has(at - 2, "eyJ") || at - 2 < scan.base64_done) return;
  const std::size_t begin = at - 2;
  if (begin < scan.consumed || !begins_word(text, begin)) return;
  const std::size_t header_end = run_end(text, begin, is_token_char);
  scan.base64_done = header_end;  // every later eyJ of this run would end the same way
  if (scan.reaches_cut_end(header_end)) return scan.take(begin, header_end, Secret::credential);
  if (header_end == text.size() || text[header_end] != '.') return;
  if (header_end - begin < kMinHeaderBytes) return;
  std::size_t end = run_end(text, header_end + 1, is_token_char);
  const bool has_signature = end < text.size() && text[end] == '.';
  const bool is_token =
      has_signature || scan.has(header_end + 1, "eyJ") || scan.reaches_cut_end(end);
  if (!is_token || end - header_end - 1 < kMinPayloadBytes) return;
  while (end < text.size() && text[end] == '.') end = run_end(text, end + 1, is_token_char);
  scan.take(begin, end, Secret::credential);
}

[[gnu::cold]] void find_authorization_or_private_key(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  if (scan.has(at, "BEGIN ")) {
    if (at >= 5 && scan.has(at - 5, "-----")) find_private_key(scan, at - 5);
    return;
  }
  for (const std::string_view scheme : kSchemes) {
    if (!text::equals_ignoring_case(text.substr(at, scheme.size()), scheme)) continue;
    if (!begins_word(text, at)) return;
    const std::size_t token = skip_scheme_blanks(text, at + scheme.size());
    if (token == kNowhere) return;
    return scheme == "bearer" ? find_bearer(scan, token) : find_basic(scan, token);
  }
}

void find_userinfo(Scan& scan, std::size_t begin, bool is_encoded) noexcept {
  constexpr std::size_t kLongEnoughForToken = 16;
  const std::string_view text = scan.text;
  const auto is_outside = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\'' || c == '<' || c == '>' ||
           c == '\\' || c == '`';
  };
  std::size_t colon = kNowhere;
  std::size_t at_sign = kNowhere;
  std::size_t end = begin;
  for (; end < text.size() && !is_outside(text[end]); ++end) {
    const char c = text[end];
    if (c == '/' || c == '?' || c == '#' || (is_encoded && percent_at(text, end, "2F"))) break;
    const bool is_colon = c == ':' || (is_encoded && percent_at(text, end, "3A"));
    if (is_colon && colon == kNowhere) colon = end;
    if (c == '@' || (is_encoded && percent_at(text, end, "40"))) at_sign = end;
  }
  // A password may hold / ? or # although it should not. A port may not: where a colon is followed
  // by anything else, the user info goes on to the next @ of the word.
  if (at_sign == kNowhere && colon != kNowhere) {
    const std::size_t port_end = run_end(text, colon + 1, text::is_digit);
    const bool is_port = port_end == end && (end > colon + 1 || end == text.size());
    if (is_port || end < scan.no_at_until) return;
    std::size_t next = end;
    while (next < text.size() && !is_outside(text[next]) && text[next] != '@') ++next;
    if (next < text.size() && text[next] == '@') {
      at_sign = next;
    } else if (scan.reaches_cut_end(next)) {
      if (label_at(text, begin) != next - begin) scan.take(begin, next, Secret::userinfo);
      return;
    } else {
      scan.no_at_until = next;
    }
  }
  if (at_sign == kNowhere || at_sign == begin) return;
  const bool has_password = colon != kNowhere && colon + 1 < at_sign;
  if (!has_password && at_sign - begin < kLongEnoughForToken) return;
  if (label_at(text, begin) == at_sign - begin) return;
  scan.take(begin, at_sign, Secret::userinfo);
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
