// SPDX-License-Identifier: Apache-2.0
#include "examples/support/service.hpp"

#include <aloft/core/text.hpp>

#include <utility>

namespace examples_test {
namespace {

Variables with_daemon(const UdpReceiver& daemon, Variables variables) {
  for (const auto& [name, value] : variables) {
    if (name == kDaemonVariable) return variables;
  }
  variables.emplace_back(kDaemonVariable, daemon.address());
  return variables;
}

std::vector<std::string> command_of(const std::string& program, const ServiceOptions& options) {
  std::vector<std::string> command = {program, "--listen",
                                      "127.0.0.1:" + std::to_string(options.port)};
  command.insert(command.end(), options.flags.begin(), options.flags.end());
  return command;
}

}  // namespace

std::string fraud_program() { return ALOFT_FRAUD; }
std::string ledger_program() { return ALOFT_LEDGER; }
std::string payments_program() { return ALOFT_PAYMENTS; }

Service::Service(const std::string& program, ServiceOptions options)
    : process_(command_of(program, options), with_daemon(daemon_, std::move(options.variables))),
      ready_line_(process_.read_line()) {
  const std::string_view line = ready_line_;
  port_ = static_cast<std::uint16_t>(
      aloft::text::parse_decimal(line.substr(line.rfind(':') + 1)).value_or(0));
}

Reply Service::post_as(const std::string& tenant, const std::string& target,
                       std::string_view body) const {
  return send({"POST",
               target,
               {{"x-tenant-id", tenant}, {"content-type", "application/json"}},
               std::string(body)});
}

Reply Service::get_as(const std::string& tenant, const std::string& target) const {
  return send({"GET", target, {{"x-tenant-id", tenant}}, ""});
}

Ending Service::stop() {
  Ending ending;
  ending.exit = process_.stop();
  ending.datagrams = daemon_.take_all();
  ending.documents = read_documents(ending.datagrams);
  return ending;
}

std::string books_of(std::string_view service, std::size_t requests, std::size_t spans) {
  const std::string count = std::to_string(spans);
  return std::string(service) + " stopped: " + std::to_string(requests) +
         " requests; spans: " + count + " accepted = 0 acknowledged + " + count +
         " sent + 0 durable + 0 dropped + 0 rejected + 0 unknown + 0 in flight\n";
}

Document parsed(const Reply& reply) {
  auto json = aloft::http::JsonDocument::parse(reply.body);
  return Document(json ? *std::move(json) : *aloft::http::JsonDocument::parse("{}"));
}

std::uint16_t unused_port() {
  const UdpReceiver gone;
  const std::string address = gone.address();
  return static_cast<std::uint16_t>(
      aloft::text::parse_decimal(address.substr(address.rfind(':') + 1)).value_or(0));
}

}  // namespace examples_test
