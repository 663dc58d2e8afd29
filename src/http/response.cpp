// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/response.hpp>

#include <aloft/core/json_writer.hpp>

#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

/// Ours: a problem is a paragraph, not a document.
constexpr std::size_t kMaxProblemBytes = 16 * 1024;

struct Phrase {
  int status;
  std::string_view text;
};

constexpr std::array<Phrase, 41> kPhrases = {{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

void write_member(json::Writer& writer, const ProblemMember& member) {
  writer.key(member.name);
  switch (member.value.kind()) {
    case Value::Kind::text:
      writer.text(member.value.text());
      break;
    case Value::Kind::integer:
      writer.integer(member.value.integer());
      break;
    case Value::Kind::number:
      writer.number(member.value.number());
      break;
    case Value::Kind::boolean:
      writer.boolean(member.value.boolean());
      break;
  }
}

}  // namespace

Response Response::json(int status, std::string body) {
  return content(status, "application/json", std::move(body));
}

Response Response::text(int status, std::string body) {
  return content(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::content(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.with("content-type", content_type);
  return response;
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::problem(int status, std::string_view title, std::string_view detail,
                           std::initializer_list<ProblemMember> members) {
  json::Buffer buffer(kMaxProblemBytes);
  json::Writer writer(buffer);
  writer.begin_object();
  // "type" is left out: it defaults to about:blank (RFC 9457, 3.1.1).
  writer.key("title").text(title);
  writer.key("status").integer(status);
  if (!detail.empty()) writer.key("detail").text(detail);
  for (const ProblemMember& member : members) write_member(writer, member);
  writer.end_object();
  std::string body =
      buffer.overflowed() ? std::string("{\"title\":\"Problem\"}") : std::string(buffer.view());
  return content(status, "application/problem+json", std::move(body));
}

Response Response::stream(std::string_view content_type,
                          std::function<void(StreamWriter)> on_open) {
  Response response = content(200, content_type, {});
  response.on_stream = std::move(on_open);
  return response;
}

Response& Response::with(std::string_view name, std::string_view value) & {
  if (!headers.try_set(name, value)) ++refused_headers;
  return *this;
}

Response&& Response::with(std::string_view name, std::string_view value) && {
  with(name, value);
  return std::move(*this);
}

std::string_view reason_phrase(int status) noexcept {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "Status";
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
