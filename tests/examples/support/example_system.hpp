// SPDX-License-Identifier: Apache-2.0
// payments, ledger and fraud, running and joined, with one receiver for the spans of all three.
//
//   ExampleSystem system({.fraud_flags = {"--fail-rate", "1"}});
//   Reply reply = system.payments().charge("demo-acme", kGoodCharge);
//   SystemEnding ending = system.stop();
//   const Document& payments = ending.only("payments");
//
// Thread-safety: none.
#pragma once

#include "examples/support/payments_service.hpp"

#include <string>
#include <vector>

namespace examples_test {

struct SystemOptions {
  std::vector<std::string> fraud_flags;
  std::vector<std::string> ledger_flags;
  /// "host:port" that all three send to; empty: the receiver.
  std::string daemon;
};

/// What a whole system left behind.
struct SystemEnding {
  Exit payments;
  Exit ledger;
  Exit fraud;
  std::vector<std::string> datagrams;
  std::vector<Document> documents;

  /// Documents of one service, in their order.
  std::vector<const Document*> of(const std::string& service) const;
  /// The one document of a service; fails the test when there is not exactly one.
  const Document& only(const std::string& service) const;
};

class ExampleSystem {
 public:
  explicit ExampleSystem(const SystemOptions& options = {});

  const PaymentsService& payments() const noexcept { return payments_; }
  const Service& ledger() const noexcept { return ledger_; }
  const Service& fraud() const noexcept { return fraud_; }
  /// Ends one service before the others.
  Exit stop_ledger() { return ledger_.stop().exit; }
  Exit stop_fraud() { return fraud_.stop().exit; }
  SystemEnding stop();

 private:
  UdpReceiver daemon_;
  Variables variables_;
  Service fraud_;
  Service ledger_;
  PaymentsService payments_;
};

}  // namespace examples_test
