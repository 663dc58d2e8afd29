// SPDX-License-Identifier: Apache-2.0
// Stands for another library whose names come close to ours: a client in `namespace lift` with
// logging macros of the kind that many have. Nothing of it is copied from any.
#pragma once

#include <string_view>

#define LIFT_LOG(level, text) static_cast<void>(0)
#define LOG(level) LIFT_LOG(level, "")
#define LOG_ERROR(text) LIFT_LOG(3, text)

namespace lift {

struct response {
  int status;
};

class client {
 public:
  response get(std::string_view path) const { return {path.empty() ? 400 : 200}; }
};

}  // namespace lift
