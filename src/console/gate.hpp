// SPDX-License-Identifier: Apache-2.0
// The door of the console's web port. It is a developer's machine, and its browser is open on other
// people's pages, so the door asks three questions before any handler runs:
//
// - Is the Host one of ours? A foreign name that points here is DNS rebinding: 421.
// - Does a change come from our own page? A foreign Origin is cross-site forgery: 403.
// - Off loopback: does the reader know the token? Else 401. `GET /?token=…` turns the token of the
//   ready line into a cookie and takes it out of the address bar.
//
// It also adds the headers that keep the page from running or loading anything foreign.
//
// Thread-safety: immutable after construction.
#pragma once

#include "console/options.hpp"

#include <aloft/http/guard.hpp>
#include <aloft/http/request.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

struct GateOptions {
  Endpoint bound;                          ///< as asked for
  std::vector<std::string> allowed_hosts;  ///< lower case
  std::string token;                       ///< empty: none is asked for
};

class Gate : public http::Guard {
 public:
  explicit Gate(GateOptions options);
  http::GuardDecision begin(http::Context& context, const http::Request& request) override;

  bool allows_host(std::string_view host_and_port) const;
  bool allows_origin(const http::Request& request) const;
  bool allows_reader(const http::Request& request) const;

 private:
  http::GuardDecision sign_in(std::string_view token) const;
  bool is_token(std::string_view candidate) const noexcept;

  GateOptions options_;
  std::string cookie_;  // its name; cookies do not know ports, so the name holds it
};

/// Whether the path is of the API or of OTLP (and not of the page).
bool is_api_path(std::string_view path) noexcept;
/// Takes as long wherever the two differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;
/// 128 bits of the kernel as 32 hex digits; empty when the kernel has none.
std::string random_token();

}  // namespace aloft::console
