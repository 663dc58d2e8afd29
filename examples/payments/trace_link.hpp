// SPDX-License-Identifier: Apache-2.0
// The guard that tells a caller where the trace of this very request can be seen.
//
// Every answer gets `Link: <url>; rel="trace"`; a handler finds the same URL as `TraceUrl`. Nothing
// of it when there is no console, or when the trace is not recorded and the link would lead
// nowhere.
//
//   router.use(trace_link("http://127.0.0.1:8000"));   // after the tracing guard
//   ctx.find<TraceUrl>();
//
// Thread-safety: all of it.
#pragma once

#include <aloft/http/guard.hpp>

#include <memory>
#include <string>

namespace payments {

struct TraceUrl {
  std::string text;
};

/// @param console_url  where `aloft-console` shows its page; empty when there is none.
std::shared_ptr<aloft::http::Guard> trace_link(std::string console_url);

}  // namespace payments
