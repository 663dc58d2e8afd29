// SPDX-License-Identifier: Apache-2.0
#include "examples/support/payments_service.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace examples_test {
namespace {

using ::testing::HasSubstr;

std::string target(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

/// Takes connections and says nothing.
class SilentListener {
 public:
  SilentListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof name;
    // The socket interface takes every kind of address through this cast.
    auto* address = reinterpret_cast<::sockaddr*>(&name);
    if (::bind(socket_, address, size) == 0 && ::listen(socket_, 1) == 0 &&
        ::getsockname(socket_, address, &size) == 0) {
      port_ = ::ntohs(name.sin_port);
    }
  }
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;
  ~SilentListener() { ::close(socket_); }

  std::uint16_t port() const { return port_; }
  bool wait_for_caller() const {
    ::pollfd readable{socket_, POLLIN, 0};
    return ::poll(&readable, 1, 10'000) > 0;
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

/// Asks until some charge has been made, at most ten seconds.
bool sees_a_charge(const PaymentsService& service) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    const Reply list = service.get("demo-acme", "/v1/charges");
    if (list.body.find("\"id\"") != std::string::npos) return true;
  }
  return false;
}

TEST(Load, MixesTenantsAndOutcomes) {
  PaymentsService service;

  Process load(
      {ALOFT_LOAD, "--target", target(service.port()), "--rate", "100", "--duration", "2"});
  const Exit exit = load.wait();
  std::string all;
  for (const std::string& datagram : service.stop().datagrams) all += datagram;

  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, HasSubstr("load: "));
  EXPECT_THAT(exit.out, HasSubstr(" 0 failures"));
  for (const char* expected : {"acme", "globex", "initech", "\"status\":200", "\"status\":201",
                               "\"status\":400", "\"status\":402", "\"status\":404"}) {
    EXPECT_THAT(all, HasSubstr(expected));
  }
}

TEST(Load, StopsOnSigtermWhileItsTargetIsSilent) {
  SilentListener target_that_never_answers;
  Process load({ALOFT_LOAD, "--target", target(target_that_never_answers.port())});
  ASSERT_TRUE(target_that_never_answers.wait_for_caller());

  const Exit exit = load.stop();

  EXPECT_EQ(exit.code, 0);
  EXPECT_LT(exit.took, std::chrono::seconds(5));
  EXPECT_THAT(exit.out, HasSubstr("0 answers"));
}

TEST(Load, GoesOnWhenItsTargetComesBack) {
  std::uint16_t port = 0;
  {
    PaymentsService gone;
    port = gone.port();
  }
  Process load({ALOFT_LOAD, "--target", target(port), "--rate", "100"});

  PaymentsService back({.port = port});

  EXPECT_TRUE(sees_a_charge(back));
  EXPECT_EQ(load.stop().code, 0);
}

TEST(Load, RefusesACommandLineWithoutTarget) {
  Process load({ALOFT_LOAD});
  const Exit exit = load.wait();

  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.err, HasSubstr("--target is missing"));
}

}  // namespace
}  // namespace examples_test
