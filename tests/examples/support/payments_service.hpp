// SPDX-License-Identifier: Apache-2.0
// The payments program, running, with a receiver in place of the daemon.
//
//   PaymentsService service;
//   Reply reply = service.charge("demo-acme", kGoodCharge);
//   Ending ending = service.stop();   // what it wrote, and every datagram
//
// Thread-safety: none.
#pragma once

#include "examples/support/service.hpp"

#include <string>
#include <string_view>

namespace examples_test {

/// A card that is accepted: the well-known test number.
inline constexpr std::string_view kGoodCharge =
    R"({"amount_minor":4200,"currency":"USD","card":{"number":"4242424242424242","cvv":"123"},)"
    R"("description":"first charge"})";
inline constexpr std::string_view kDeclinedCharge =
    R"({"amount_minor":4200,"currency":"USD","card":{"number":"4000000000000002","cvv":"123"}})";

class PaymentsService : public Service {
 public:
  explicit PaymentsService(ServiceOptions options = {});

  Reply charge(const std::string& key, std::string_view body, const Variables& headers = {}) const;
  Reply get(const std::string& key, const std::string& target) const;
};

}  // namespace examples_test
