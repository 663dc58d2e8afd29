// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/request_id.hpp>

#include <aloft/core/text.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

constexpr std::string_view kHeader = "x-request-id";

class RequestIdGuard : public Guard {
 public:
  explicit RequestIdGuard(RequestIdOptions options) noexcept : options_(options) {}

  GuardDecision begin(Context& context, const Request& request) override {
    if (options_.policy != RequestIdPolicy::trust || !take_over(context, request)) {
      generate(context);
    }
    context.response_headers.try_set(kHeader, context.identity.request.view());
    return GuardDecision::proceed();
  }

 private:
  static bool take_over(Context& context, const Request& request) {
    const std::optional<std::string_view> sent = request.headers.get(kHeader);
    if (!sent || request.headers.count(kHeader) != 1) return false;
    Result<RequestId> id = RequestId::parse(*sent);
    if (!id) return false;
    context.identity.request = std::move(*id);
    context.identity.request_source = Provenance::trusted_header;
    return true;
  }

  static void generate(Context& context) {
    std::array<char, 32> digits;
    text::write_hex(context.platform().random.next(), digits.data());
    text::write_hex(context.platform().random.next(), digits.data() + 16);
    Result<RequestId> id = RequestId::parse({digits.data(), digits.size()});
    if (!id) return;
    context.identity.request = std::move(*id);
    context.identity.request_source = Provenance::generated;
  }

  RequestIdOptions options_;
};

}  // namespace

std::shared_ptr<Guard> request_id(RequestIdOptions options) {
  return std::make_shared<RequestIdGuard>(options);
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
