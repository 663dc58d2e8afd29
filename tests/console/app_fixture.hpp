// SPDX-License-Identifier: Apache-2.0
// A console in the test's own process, on free ports, and what tests ask it.
#pragma once

#include "console/app.hpp"

#include "documents.hpp"
#include "sockets.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace aloft::console::fixture {

inline AppOptions free_ports() {
  AppOptions options;
  options.http.port = 0;
  options.xray.port = 0;
  return options;
}

class AppTest : public ::testing::Test {
 protected:
  void start(AppOptions options = free_ports()) {
    auto app = App::create(std::move(options), Platform::system());
    ASSERT_TRUE(app) << app.error().to_string();
    app_ = std::move(*app);
    ASSERT_TRUE(app_->start());
  }
  HttpAnswer get(std::string_view target, std::string_view fields = {}) {
    return HttpConnection(app_->http_port()).ask("GET", target, fields);
  }
  void send(std::string_view document) {
    EXPECT_TRUE(UdpSender(app_->xray_port()).send(std::string(kHeader) + std::string(document)));
  }
  /// A number of the status answer; 0 when it is not there.
  static std::uint64_t number_in(const std::string& status, const std::string& name) {
    const std::size_t at = status.find("\"" + name + "\":");
    return at == std::string::npos
               ? 0
               : std::strtoull(status.c_str() + at + name.size() + 3, nullptr, 10);
  }
  /// The sum of what `rejected` lists.
  static std::uint64_t rejected_in(const std::string& status) {
    const std::size_t begin = status.find("\"rejected\":{");
    if (begin == std::string::npos) return 0;
    std::size_t at = begin + 12;
    std::uint64_t sum = 0;
    while (status[at] != '}') {
      at = status.find(':', at) + 1;
      sum += std::strtoull(status.c_str() + at, nullptr, 10);
      at = status.find_first_of(",}", at);
    }
    return sum;
  }
  static std::uint64_t settled_in(const std::string& status) {
    return number_in(status, "documents") + number_in(status, "duplicates") + rejected_in(status);
  }
  /// The status once `count` datagrams have become something, or after 20 seconds.
  std::string status_after(std::uint64_t count) {
    HttpConnection connection(app_->http_port());
    const SteadyTime until = Clock::system().steady_now() + std::chrono::seconds(20);
    std::string status;
    do {
      status = connection.ask("GET", "/api/status").body;
    } while (settled_in(status) < count && Clock::system().steady_now() < until);
    return status;
  }

  std::unique_ptr<App> app_;
};

}  // namespace aloft::console::fixture
