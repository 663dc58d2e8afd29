// SPDX-License-Identifier: Apache-2.0
// The simple keywords of X-Ray's filter expressions: what each holds, and of what it is told.
//
// Source: "Using filter expressions", X-Ray developer guide, read 2026-11. The guide does not list
// where a keyword may stand; that is ours, from what the keyword says.
// Thread-safety: pure functions over a table.
#pragma once

#include <cstdint>
#include <string_view>

namespace aloft::console::xray {

enum class Keyword : std::uint8_t {
  ok,
  error,
  throttle,
  fault,
  partial,
  inferred,
  first,
  last,
  remote,
  root,
  response_time,
  duration,
  status,
  index,
  coverage,
  url,
  method,
  user_agent,
  client_ip,
  user,
  name,
  type,
  message,
  zone,
  instance_id,
  resource_arn,
};

enum class KeywordType : std::uint8_t { boolean, number, text };

/// What an expression is about; the part in braces is about something smaller than the trace.
enum class Scope : std::uint8_t {
  trace = 1,
  service = 2,
  edge = 4,
  cause_service = 8,
  cause_entity = 16,
  time_entity = 32,  ///< an entity of a response time root cause
  cause_exception = 64,
};

struct KeywordInfo {
  std::string_view name;
  Keyword keyword = Keyword::ok;
  KeywordType type = KeywordType::boolean;
  std::uint8_t scopes = 0;
  std::string_view elsewhere;  ///< the refusal in another scope

  bool stands_in(Scope scope) const noexcept {
    return (scopes & static_cast<std::uint8_t>(scope)) != 0;
  }
};

/// Null when there is no such keyword; ignores ASCII case.
const KeywordInfo* find_keyword(std::string_view name) noexcept;

}  // namespace aloft::console::xray
