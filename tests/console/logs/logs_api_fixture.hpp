// SPDX-License-Identifier: Apache-2.0
// A console with a group and a stream, and how its logs are asked, as botocore does.
#pragma once

#include "../app_fixture.hpp"

#include <aloft/core/clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console::fixture {

class LogsApiTest : public AppTest {
 protected:
  void SetUp() override {
    start();
    ask("CreateLogGroup", R"({"logGroupName":"/aloft/payments"})");
    ask("CreateLogStream", R"({"logGroupName":"/aloft/payments","logStreamName":"today"})");
  }
  HttpAnswer ask(std::string_view operation, std::string_view body, std::string_view more = {}) {
    std::string fields =
        "authorization: AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/logs/aws4_request, "
        "SignedHeaders=host, Signature=00\r\ncontent-type: application/x-amz-json-1.1\r\n"
        "x-amz-target: Logs_20140328.";
    fields.append(operation).append("\r\n").append(more);
    return HttpConnection(app_->xray_port()).ask("POST", "/", fields, body);
  }
  static std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               Clock::system().now().wall.time_since_epoch())
        .count();
  }
  static std::string events(const std::vector<std::pair<std::int64_t, std::string>>& events) {
    std::string out = "[";
    for (const auto& [time, message] : events) {
      out += out.size() > 1 ? "," : "";
      out += "{\"timestamp\":" + std::to_string(time) + ",\"message\":\"" + message + "\"}";
    }
    return out + "]";
  }
  HttpAnswer put(const std::string& list, std::string_view more = {}) {
    return ask(
        "PutLogEvents",
        R"({"logGroupName":"/aloft/payments","logStreamName":"today","logEvents":)" + list + "}",
        more);
  }
  HttpAnswer filter(const std::string& members = {}) {
    return ask("FilterLogEvents", R"({"logGroupName":"/aloft/payments")" + members + "}");
  }
  HttpAnswer get_events(const std::string& members = {}) {
    return ask("GetLogEvents",
               R"({"logGroupName":"/aloft/payments","logStreamName":"today")" + members + "}");
  }
  static std::string text_of(const std::string& json, const std::string& key) {
    const std::size_t at = json.find("\"" + key + "\":\"");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 4;
    return json.substr(begin, json.find('"', begin) - begin);
  }
  // The messages of an answer, with a blank after each.
  static std::string messages(const HttpAnswer& answer) {
    std::string out;
    constexpr std::string_view kKey = "\"message\":\"";
    for (std::size_t at = answer.body.find(kKey); at != std::string::npos;
         at = answer.body.find(kKey, at)) {
      at += kKey.size();
      out += answer.body.substr(at, answer.body.find('"', at) - at) + " ";
    }
    return out;
  }
  static std::string invalid(const std::string& message) {
    return R"({"__type":"InvalidParameterException","message":")" + message + "\"}";
  }
};

}  // namespace aloft::console::fixture
