// SPDX-License-Identifier: Apache-2.0
// Answers that every service here gives in the same words.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <optional>

namespace example {

/// 415 for a body that does not say it is application/json; nothing when it does.
std::optional<aloft::http::Response> require_json(const aloft::http::Request& request);

/// 400 with the error's message, which names a field and never quotes it.
aloft::http::Response bad_request(const aloft::Error& error);

}  // namespace example
