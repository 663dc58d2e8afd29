// SPDX-License-Identifier: Apache-2.0
#include "payments/trace_link.hpp"

#include <aloft/http/context.hpp>

#include <utility>

namespace payments {
namespace {

using aloft::http::GuardDecision;

class TraceLink final : public aloft::http::Guard {
 public:
  explicit TraceLink(std::string console_url) : console_url_(std::move(console_url)) {
    while (console_url_.ends_with('/')) console_url_.pop_back();
  }

  GuardDecision begin(aloft::http::Context& ctx, const aloft::http::Request&) override {
    if (console_url_.empty() || !ctx.span().recording()) return GuardDecision::proceed();
    std::string url = console_url_ + "/#xray:traces/";
    url += ctx.span().trace_id().xray_text().view();
    ctx.response_headers.try_set("link", "<" + url + ">; rel=\"trace\"");
    ctx.emplace<TraceUrl>(TraceUrl{std::move(url)});
    return GuardDecision::proceed();
  }

 private:
  std::string console_url_;
};

}  // namespace

std::shared_ptr<aloft::http::Guard> trace_link(std::string console_url) {
  return std::make_shared<TraceLink>(std::move(console_url));
}

}  // namespace payments
