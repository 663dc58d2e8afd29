// SPDX-License-Identifier: Apache-2.0
// A real server on the loopback that answers like a service of AWS, a home folder of its own for
// each test, and credentials to sign with.
#pragma once

#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/credentials_chain.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/core/text.hpp>

#include "http_client/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace aloft::aws {

using namespace std::chrono_literals;

/// Long enough for any machine; a test that would hang fails instead.
inline Deadline patience() { return Deadline::after(Clock::system(), 20s); }

struct SeenRequest {
  std::string line{};    ///< "GET /path HTTP/1.1"
  std::string fields{};  ///< as they came
  std::string body{};

  /// The value of a field, whatever the case of its name.
  std::string field(std::string_view name) const {
    std::size_t at = 0;
    while (at < fields.size()) {
      const std::size_t end = fields.find("\r\n", at);
      const std::string_view row = std::string_view(fields).substr(at, end - at);
      const std::size_t colon = row.find(':');
      if (text::equals_ignoring_case(row.substr(0, colon), name)) {
        return std::string(text::trim(row.substr(colon + 1)));
      }
      at = end + 2;
    }
    return {};
  }
};

inline std::string reply(int status, std::string_view body, std::string_view fields = "") {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) +
         "\r\n" + std::string(body);
}

/// Keeps what it was asked; an empty answer closes the connection.
class FakeService {
 public:
  using Answer = std::function<std::string(const SeenRequest&)>;

  explicit FakeService(Answer answer)
      : answer_(std::move(answer)), server_([this](auto& connection) { serve(connection); }) {}

  std::string url(std::string_view target = "") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + std::string(target);
  }
  std::vector<SeenRequest> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void serve(http_client::RawConnection& connection) {
    while (true) {
      const std::string head = connection.receive_request();
      const std::size_t end = head.find("\r\n");
      if (end == std::string::npos) return;
      SeenRequest request{.line = head.substr(0, end),
                          .fields = head.substr(end + 2, head.size() - end - 4)};
      const auto length = text::parse_decimal(request.field("content-length")).value_or(0);
      while (request.body.size() < length) {
        const std::string more = connection.receive_some();
        if (more.empty()) return;
        request.body += more;
      }
      {
        const std::lock_guard lock(mutex_);
        seen_.push_back(request);
      }
      const std::string answer = answer_(request);
      if (answer.empty() || !connection.send(answer)) return;
    }
  }

  const Answer answer_;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  http_client::RawServer server_;  // last: its threads use all of the above
};

/// A folder that is gone after the test.
class HomeFolder {
 public:
  HomeFolder() : path_(::testing::TempDir() + "/aloft_aws_XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  HomeFolder(const HomeFolder&) = delete;
  HomeFolder& operator=(const HomeFolder&) = delete;
  ~HomeFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = path_ + "/" + name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
    return file;
  }

 private:
  std::string path_;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

inline Settings settings_of(Variables variables, SettingsOptions options = {}) {
  Result<Settings> loaded =
      Settings::load(Environment::of(std::move(variables)), std::move(options));
  EXPECT_TRUE(loaded) << loaded.error().to_string();
  return std::move(*loaded);
}

inline Credentials example_credentials() {
  return {.access_key_id = "AKIDEXAMPLE",
          .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
          .source = "test"};
}

}  // namespace aloft::aws
