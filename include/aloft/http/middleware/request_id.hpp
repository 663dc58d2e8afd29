// SPDX-License-Identifier: Apache-2.0
// Gives every request an id and answers it as `x-request-id`, so that a caller can name a request.
//
// By default the id is made here: 128 bits as 32 hex digits, unguessable enough to be unique, never
// a secret. With `trust` a valid `x-request-id` of the caller is taken over; anything else in that
// header is ignored and never echoed.
//
//   router.use(request_id());                                  // a public edge
//   router.use(request_id({.policy = RequestIdPolicy::trust})); // behind our own proxy
//
// Thread-safety: all of it.
#pragma once

#include <aloft/http/guard.hpp>

#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http {

enum class RequestIdPolicy : std::uint8_t {
  generate,  ///< always a new one
  trust,     ///< the caller's if it is valid, else a new one
};

struct RequestIdOptions {
  RequestIdPolicy policy = RequestIdPolicy::generate;
};

std::shared_ptr<Guard> request_id(RequestIdOptions options = {});

}  // namespace http
}  // namespace v0
}  // namespace aloft
