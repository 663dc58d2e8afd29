// SPDX-License-Identifier: Apache-2.0
#include "telemetry/database_url.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
/// Where drivers begin their parameters, among them passwords: `?password=`, `;PWD=`.
constexpr std::string_view kParameters = "?#;";

bool is_word(std::string_view text, std::string_view others) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return text::is_alnum(c) || others.find(c) != kNowhere;
  });
}

/// "postgresql", "postgresql+psycopg2", "jdbc:oracle:thin". A colon elsewhere would be that between
/// a user and his password.
bool is_scheme(std::string_view scheme) noexcept {
  const bool wrapped = scheme.starts_with("jdbc:") || scheme.starts_with("r2dbc:");
  return is_word(scheme, wrapped ? "+-.:" : "+-.");
}

std::string_view without_parameters(std::string_view text) noexcept {
  return text.substr(0, text.find_first_of(kParameters));
}

/// ";user=me" and not what happens to follow a `;` in a password.
bool begins_parameters(std::string_view tail) noexcept {
  const std::size_t equals = tail.find('=');
  return equals != kNowhere && is_word(tail.substr(1, equals - 1), "_-. ");
}

/// Whether each colon up to the path has a port behind it: "db:3306", "h1:1,h2:2/shop", "[::1]:1".
bool has_only_ports(std::string_view place) noexcept {
  bool is_address = false;  // inside of brackets
  for (std::size_t at = 0; at < place.size() && place[at] != '/' && place[at] != '\\'; ++at) {
    if (place[at] == '[') is_address = true;
    if (place[at] == ']') is_address = false;
    if (place[at] != ':' || is_address) continue;
    std::size_t end = at + 1;
    while (end < place.size() && text::is_digit(place[end])) ++end;
    constexpr std::size_t kMostDigits = 5;
    if (end == at + 1 || end - at - 1 > kMostDigits) return false;
    constexpr std::string_view kAfterPort = ",/\\)";
    if (end < place.size() && kAfterPort.find(place[end]) == kNowhere) return false;
  }
  return true;
}

}  // namespace

DatabaseUrl::DatabaseUrl(std::string_view url, bool cut) noexcept {
  const std::size_t colon = url.find("://");
  if (colon != kNowhere && is_scheme(url.substr(0, colon))) scheme = url.substr(0, colon + 3);
  const std::string_view rest = url.substr(scheme.size());
  const std::string_view head = without_parameters(rest);
  const std::string_view tail = rest.substr(head.size());
  const bool parameters = begins_parameters(tail);
  const std::size_t at_sign = rest.rfind('@');
  const bool users_end = head.find('@') != kNowhere;
  hidden = true;
  if (cut && !parameters) return;  // the last @ may be in what is missing
  if (at_sign == kNowhere || (!users_end && !scheme.empty() && parameters)) {
    hidden = !scheme.empty() && !has_only_ports(head);
    if (!hidden) place = head;
    return;
  }
  const std::string_view before = rest.substr(0, at_sign);
  const std::string_view after_head = before.substr(std::min(head.size(), at_sign));
  // `key=value` before the last @: that may stand in the middle of a password.
  if ((scheme.empty() ? before : after_head).find('=') != kNowhere) return;
  if (scheme.empty() && users_end && at_sign >= head.size()) return;
  place = without_parameters(rest.substr(at_sign + 1));
  // "jdbc:oracle:thin:@db:1521:orcl" names no user at all.
  const bool nobody = scheme.empty() && before.ends_with(':') && before.starts_with("jdbc:") &&
                      is_scheme(before.substr(0, before.size() - 1));
  if (nobody || is_word(before, "_-.+")) {
    user = before;
    hidden = false;
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
