// SPDX-License-Identifier: Apache-2.0
#include "console/xray/operations.hpp"

#include <aloft/core/json_writer.hpp>

#include <string>

namespace aloft::console::xray {
namespace {

constexpr std::size_t kMaxErrorBytes = 1024;

}  // namespace

http::Response error(int status, std::string_view code, std::string_view message) {
  json::Buffer buffer(kMaxErrorBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("__type").text(code);
  json.key("Message").text(message);
  json.end_object();
  return http::Response::json(status, std::string(buffer.view())).with("x-amzn-errortype", code);
}

}  // namespace aloft::console::xray
