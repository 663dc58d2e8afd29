// SPDX-License-Identifier: Apache-2.0
// A request as handlers and guards see it: parsed, bounded, read-only.
//
// Adapters (the embedded server, a Lambda loop, a user's own server) fill it; tests make one with
// `Request::create`. What routing found, path parameters included, is in the `Context`.
//
//   Result<Request> request = Request::create(Method::get, "/v1/charges?limit=10");
//   request->path();                // "/v1/charges"
//   request->query.get("limit");    // "10"
//
// Thread-safety: plain value.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/method.hpp>
#include <aloft/http/target.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http {

struct Request {
  Method method = Method::get;
  std::string target = "/";     ///< path and query as sent: never log or record it
  std::string scheme = "http";  ///< as the adapter knows it, never from the client
  std::string host{};           ///< validated, may hold a port; empty when unknown
  std::string peer_address{};   ///< of the socket, without port; no header is consulted
  Headers headers{};
  Query query{};
  std::string body{};

  /// Parses `target`.
  /// @error invalid_argument, resource_exhausted  as `split_target` and `Query::parse`.
  static Result<Request> create(Method method, std::string target);

  /// The raw path, still encoded.
  std::string_view path() const noexcept {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
