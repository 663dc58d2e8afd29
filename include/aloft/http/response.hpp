// SPDX-License-Identifier: Apache-2.0
// What a handler answers. Adapters add what belongs to the connection (length, date, keep-alive)
// and ignore such fields here.
//
//   return Response::json(201, body).with("location", "/v1/charges/ch_1");
//   return Response::problem(404, "Not Found", "no charge has this id");
//   return Response::problem(402, "Card declined", "the issuer refused", {{"code", "declined"}});
//
// Thread-safety: plain value.
#pragma once

#include <aloft/core/value.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/stream.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http {

/// An extension member of a problem document (RFC 9457, 3.2).
struct ProblemMember {
  std::string_view name;
  Value value;
};

struct Response {
  int status = 200;  ///< 200..599; an adapter turns any other into 500
  Headers headers{};
  std::string body{};
  /// Set: the body is a stream and `body` is ignored. Called once, on a worker thread.
  std::function<void(StreamWriter)> on_stream{};
  /// How many fields `with` refused; the server adds them to its counter.
  std::uint32_t refused_headers = 0;

  /// `body` must be JSON already, e.g. from `json::Writer`.
  static Response json(int status, std::string body);
  static Response text(int status, std::string body);
  /// Any other type, e.g. `Response::content(200, "text/css", css)`.
  static Response content(int status, std::string_view content_type, std::string body);
  static Response empty(int status);
  /// application/problem+json (RFC 9457). Never put what the client sent, or what an exception
  /// said, into `detail`.
  static Response problem(int status, std::string_view title, std::string_view detail,
                          std::initializer_list<ProblemMember> members = {});
  static Response stream(std::string_view content_type, std::function<void(StreamWriter)> on_open);

  /// Sets a header; one that is not valid is left out and counted.
  Response& with(std::string_view name, std::string_view value) &;
  Response&& with(std::string_view name, std::string_view value) &&;
};

/// The phrase of RFC 9110, 15, e.g. "Not Found"; "Status" for one it does not list.
std::string_view reason_phrase(int status) noexcept;

}  // namespace http
}  // namespace v0
}  // namespace aloft
