// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/operations.hpp>

#include "telemetry/database_url.hpp"

namespace aloft {
inline namespace v0 {
namespace {

/// "fraud.internal" of "https://user@fraud.internal:8443/v1"; the whole text when it has no scheme.
std::string_view host_of(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  // The colons inside of brackets belong to an IPv6 address.
  const bool is_address = url.starts_with('[') && url.find(']') != std::string_view::npos;
  return url.substr(0, is_address ? url.find(']') + 1 : url.find(':'));
}

std::string_view after_last(const char* separators, std::string_view text) noexcept {
  return text.substr(text.find_last_of(separators) + 1);
}

/// "ledger@db.internal" of "postgresql://db.internal:5432/ledger?sslmode=require", "ledger.db" of
/// "sqlite:/var/lib/ledger.db"; empty when the url says neither.
class DatabaseName {
 public:
  explicit DatabaseName(std::string_view text) noexcept {
    const detail::DatabaseUrl url(text);
    if (url.scheme.empty()) {
      if (url.place.find('=') == std::string_view::npos) append(after_last(":/", url.place));
      return;
    }
    const std::string_view host = host_of(url.place);
    if (url.place.find('/') != std::string_view::npos) append(after_last("/", url.place));
    if (size_ != 0 && !host.empty()) append("@");
    append(host);
  }
  std::string_view view() const noexcept { return {bytes_, size_}; }

 private:
  void append(std::string_view part) noexcept {
    size_ += part.copy(bytes_ + size_, sizeof bytes_ - size_);
  }

  char bytes_[kMaxNameBytes];
  std::size_t size_ = 0;
};

}  // namespace

Span sql_query(Span& parent, const SqlCallInfo& call) noexcept {
  if (parent.context().sampled != Sampled::yes && !parent.recording())
    return parent.child({}, SpanKind::remote);
  const DatabaseName database(call.url);
  std::string_view name = database.view();
  if (name.empty()) name = call.database_type;
  Span span = parent.child(name.empty() ? "sql" : name, SpanKind::remote);
  span.set_sql_call(call);
  return span;
}

Span http_call(Span& parent, const HttpRequestInfo& request) noexcept {
  Span span = parent.child(host_of(request.url), SpanKind::remote);
  span.set_http_request(request);
  return span;
}

}  // namespace v0
}  // namespace aloft
