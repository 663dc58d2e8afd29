// SPDX-License-Identifier: Apache-2.0
// Any method and target through a router: always an answer, never a parameter that is empty or that
// the input did not hold.
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

namespace http = aloft::http;

http::Response answer(http::Context& context, const http::Request&) {
  if (context.route().find("{a}") != std::string_view::npos && context.param("a").empty()) {
    std::abort();
  }
  return http::Response::empty(204);
}

const http::Router& router() {
  static const http::Router made = [] {
    http::Router router;
    router.get("/", answer).get("/v1/{a}", answer).post("/v1/{a}/b", answer);
    router.get("/v1/x/c", answer).put("/v1/{a}/{b}/{c}/{d}", answer).remove("/v1/x/", answer);
    return router;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  http::Request request;
  request.method = http::kMethods[data[0] % http::kMethods.size()];
  request.target.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  http::Context context;
  const http::Response response = router().handle(context, request);
  const int status = response.status;
  if (status != 204 && status != 400 && status != 404 && status != 405) std::abort();
  return 0;
}
