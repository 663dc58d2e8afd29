// SPDX-License-Identifier: Apache-2.0
#include "examples/support/payments_service.hpp"

#include <utility>

namespace examples_test {

PaymentsService::PaymentsService(ServiceOptions options)
    : Service(payments_program(), std::move(options)) {}

Reply PaymentsService::charge(const std::string& key, std::string_view body,
                              const Variables& headers) const {
  RawRequest request{"POST", "/v1/charges", headers, std::string(body)};
  request.headers.emplace_back("x-api-key", key);
  request.headers.emplace_back("content-type", "application/json");
  return send(request);
}

Reply PaymentsService::get(const std::string& key, const std::string& target) const {
  return send({"GET", target, {{"x-api-key", key}}, ""});
}

}  // namespace examples_test
