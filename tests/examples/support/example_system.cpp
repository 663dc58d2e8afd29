// SPDX-License-Identifier: Apache-2.0
#include "examples/support/example_system.hpp"

#include <stdexcept>

namespace examples_test {

std::vector<const Document*> SystemEnding::of(const std::string& service) const {
  std::vector<const Document*> found;
  for (const Document& document : documents) {
    if (document.text("/name") == service) found.push_back(&document);
  }
  return found;
}

const Document& SystemEnding::only(const std::string& service) const {
  const std::vector<const Document*> found = of(service);
  if (found.size() != 1) {
    throw std::runtime_error(std::to_string(found.size()) + " documents of " + service);
  }
  return *found.front();
}

ExampleSystem::ExampleSystem(const SystemOptions& options)
    : variables_{{std::string(kDaemonVariable),
                  options.daemon.empty() ? daemon_.address() : options.daemon}},
      fraud_(fraud_program(), {.flags = options.fraud_flags, .variables = variables_}),
      ledger_(ledger_program(), {.flags = options.ledger_flags, .variables = variables_}),
      payments_({.flags = {"--fraud", fraud_.url(), "--ledger", ledger_.url()},
                 .variables = variables_}) {}

SystemEnding ExampleSystem::stop() {
  SystemEnding ending;
  // Callers first, so that nobody waits for a service that has gone.
  ending.payments = payments_.stop().exit;
  ending.ledger = ledger_.stop().exit;
  ending.fraud = fraud_.stop().exit;
  ending.datagrams = daemon_.take_all();
  ending.documents = read_documents(ending.datagrams);
  return ending;
}

}  // namespace examples_test
