// SPDX-License-Identifier: Apache-2.0
// What role a span plays in its trace; the formats turn it into their own words.
#pragma once

#include <cstdint>

namespace aloft {
inline namespace v0 {

enum class SpanKind : std::uint8_t {
  internal,  ///< work inside this process
  server,    ///< answers a request from outside
  remote,    ///< calls another service (X-Ray: `namespace: remote`)
  aws,       ///< calls an AWS service (X-Ray: `namespace: aws`)
};

}  // namespace v0
}  // namespace aloft
