// SPDX-License-Identifier: Apache-2.0
// A console with a few lines in its logs, asked as the SDKs and as the page ask.
#pragma once

#include "../app_fixture.hpp"

#include <aloft/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::fixture {

class LinesTest : public AppTest {
 protected:
  void SetUp() override {
    start();
    call("CreateLogGroup", R"({"logGroupName":"/aloft/payments"})");
    call("CreateLogStream", R"({"logGroupName":"/aloft/payments","logStreamName":"today"})");
  }
  HttpAnswer call(std::string_view operation, std::string_view body) {
    std::string fields =
        "authorization: AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/logs/aws4_request, "
        "SignedHeaders=host, Signature=00\r\nx-amz-target: Logs_20140328.";
    fields.append(operation).append("\r\n");
    return HttpConnection(app_->xray_port()).ask("POST", "/", fields, body);
  }
  /// Stores the messages, a millisecond apart, the last of them now.
  void write(const std::vector<std::string>& messages) {
    std::string body = R"({"logGroupName":"/aloft/payments","logStreamName":"today","logEvents":[)";
    const std::int64_t first = now_ms() - static_cast<std::int64_t>(messages.size()) + 1;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (i > 0) body += ',';
      body += "{\"timestamp\":" + std::to_string(first + static_cast<std::int64_t>(i)) +
              ",\"message\":\"";
      for (const char c : messages[i]) {
        if (c == '"' || c == '\\' || c == '\n') body += '\\';
        body += c == '\n' ? 'n' : c;
      }
      body += "\"}";
    }
    ASSERT_EQ(call("PutLogEvents", body + "]}").status, 200);
  }
  static std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               Clock::system().now().wall.time_since_epoch())
        .count();
  }
  static std::string text_of(const std::string& json, const std::string& key) {
    const std::size_t at = json.find("\"" + key + "\":\"");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 4;
    return json.substr(begin, json.find('"', begin) - begin);
  }
};

/// Lines in the library's own form, and one that is text.
inline const std::vector<std::string> kPaymentLines = {
    R"({"timestamp":"2026-11-27T12:00:00.000Z","level":"INFO","message":"charge accepted",)"
    R"("service":"payments","logger":"charges","tenant_id":"acme","user_id":"u1",)"
    R"("trace_id":"1-67891234-012345678901234567890123","span_id":"0f3c000000000001",)"
    R"("fields":{"amount_cents":1200}})",
    R"({"level":"ERROR","message":"issuer timed out","service":"payments","tenant_id":"globex",)"
    R"("trace_id":"1-67891234-012345678901234567890123","fields":{"latency":812}})",
    R"({"level":"ERROR","message":"ledger closed","service":"ledger","tenant_id":"acme"})",
    "plain text"};

}  // namespace aloft::console::fixture
