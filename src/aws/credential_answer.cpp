// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"

#include "aws/files.hpp"

#include <aloft/aws/clock_skew.hpp>
#include <aloft/core/text.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Source: IAM API reference, AccessKey: 16 to 128 word characters, read 2026-11. Fakes have fewer.
constexpr std::size_t kMaxKeyIdBytes = 128;
/// Ours: secrets have 40 bytes.
constexpr std::size_t kMaxSecretBytes = 1024;
constexpr std::size_t kDepth = 8;

bool all_graphic(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Unexpected wrong(std::string_view what) {
  return fail(ErrorCode::invalid_argument, "the answer " + std::string(what),
              "see what the source of the credentials says itself");
}

struct Names {
  std::string_view key_id;
  std::string_view secret;
  std::string_view token;
};

Result<http::JsonDocument> parse(std::string_view json) {
  Result<http::JsonDocument> document =
      http::JsonDocument::parse(json, {.bytes = kMaxAnswerBytes, .depth = kDepth});
  if (!document) return wrong("is not JSON of at most 64 KiB");
  if (!document->is_object()) return wrong("is no JSON object");
  return document;
}

Result<Credentials> read_names(const http::JsonDocument& document, const Names& names) {
  const Result<std::string_view> id = document.text(names.key_id);
  const Result<std::string_view> secret = document.text(names.secret);
  const Result<std::string_view> token = document.text(names.token);
  if (!id || !secret) return wrong("has no key and secret");
  return Credentials{.access_key_id = std::string(*id),
                     .secret_access_key = Secret(*secret),
                     .session_token = token ? Secret(*token) : Secret()};
}

Result<void> read_expiration(const http::JsonDocument& document, bool required, Credentials& into) {
  if (!document.has("/Expiration")) {
    if (required) return wrong("has no expiration");
    return {};
  }
  const Result<std::string_view> text = document.text("/Expiration");
  if (text) into.expiration = parse_iso_time(*text);
  if (!into.expiration) return wrong("has an expiration that is no time");
  return {};
}

void append_entity(std::string& out, std::string_view& rest) {
  struct Entity {
    std::string_view name;
    char character;
  };
  constexpr std::array<Entity, 5> kEntities = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  for (const Entity& entity : kEntities) {
    if (rest.substr(0, entity.name.size()) == entity.name) {
      out += entity.character;
      rest.remove_prefix(entity.name.size());
      return;
    }
  }
  out += rest.front();
  rest.remove_prefix(1);
}

}  // namespace

Result<Credentials> checked(Credentials credentials) {
  const std::string_view secret = credentials.secret_access_key.reveal();
  const std::string_view token = credentials.session_token.reveal();
  const std::string& id = credentials.access_key_id;
  const bool id_fits =
      !id.empty() && id.size() <= kMaxKeyIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
        return text::is_alnum(c) || c == '_' || c == '-';
      });
  if (!id_fits) return wrong("has a key id that is none");
  if (secret.empty() || secret.size() > kMaxSecretBytes || !all_graphic(secret)) {
    return wrong("has a secret that is none");
  }
  if (token.size() > http::kMaxHeaderValueBytes || !all_graphic(token)) {
    return wrong("has a session token that is none");
  }
  return credentials;
}

Result<Credentials> read_endpoint_answer(std::string_view json) {
  const Result<http::JsonDocument> document = parse(json);
  if (!document) return unexpected(document.error());
  // The instance's metadata answers 200 with a Code when the role cannot be assumed.
  const Result<std::string_view> code = document->text("/Code");
  if (code && *code != "Success") return wrong("says that the role's credentials failed");
  Result<Credentials> read = read_names(*document, {"/AccessKeyId", "/SecretAccessKey", "/Token"});
  if (!read) return read;
  if (Result<void> ok = read_expiration(*document, true, *read); !ok) {
    return unexpected(ok.error());
  }
  return checked(std::move(*read));
}

Result<Credentials> read_process_answer(std::string_view json) {
  const Result<http::JsonDocument> document = parse(json);
  if (!document) return unexpected(document.error());
  const Result<std::int64_t> version = document->integer("/Version");
  if (!version || *version != 1) return wrong("has another Version than 1");
  Result<Credentials> read =
      read_names(*document, {"/AccessKeyId", "/SecretAccessKey", "/SessionToken"});
  if (!read) return read;
  if (Result<void> ok = read_expiration(*document, false, *read); !ok) {
    return unexpected(ok.error());
  }
  return checked(std::move(*read));
}

Result<Credentials> read_sso_answer(std::string_view json) {
  const Result<http::JsonDocument> document = parse(json);
  if (!document) return unexpected(document.error());
  Result<Credentials> read =
      read_names(*document, {"/roleCredentials/accessKeyId", "/roleCredentials/secretAccessKey",
                             "/roleCredentials/sessionToken"});
  if (!read) return read;
  const Result<std::int64_t> expiration = document->integer("/roleCredentials/expiration");
  constexpr std::int64_t kMost = 9'000'000'000'000;  // in 2255, which nanoseconds still reach
  if (!expiration || *expiration < 0 || *expiration > kMost) {
    return wrong("has an expiration that is no time");
  }
  read->expiration = WallTime(std::chrono::milliseconds(*expiration));
  return checked(std::move(*read));
}

std::string xml_text(std::string_view xml, std::string_view element) {
  const std::string open = "<" + std::string(element) + ">";
  const std::string close = "</" + std::string(element) + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  std::string_view rest = xml.substr(begin + open.size());
  const std::size_t end = rest.find(close);
  if (end == std::string_view::npos) return {};
  rest = trimmed(rest.substr(0, end));
  std::string decoded;
  while (!rest.empty()) {
    if (rest.front() == '<') return {};  // an element, not a text
    append_entity(decoded, rest);
  }
  return decoded;
}

Result<Credentials> read_sts_answer(std::string_view xml) {
  if (xml.size() > kMaxAnswerBytes) return wrong("has more than 64 KiB");
  std::string secret = xml_text(xml, "SecretAccessKey");
  std::string token = xml_text(xml, "SessionToken");
  Credentials read{.access_key_id = xml_text(xml, "AccessKeyId"),
                   .secret_access_key = Secret::taken_from(secret),
                   .session_token = Secret::taken_from(token),
                   .expiration = parse_iso_time(xml_text(xml, "Expiration"))};
  if (!read.expiration) return wrong("has no expiration");
  if (read.session_token.empty()) return wrong("has no session token");
  return checked(std::move(read));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
