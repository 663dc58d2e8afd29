// SPDX-License-Identifier: Apache-2.0
// The detectors behind `detect`, one for each kind of place, and what they share.
#pragma once

#include "aws/metadata.hpp"

#include <aloft/aws/detect.hpp>
#include <aloft/http/json_reader.hpp>
#include <aloft/http_client/client.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

class Detection {
 public:
  Detection(const Settings& settings, const DetectOptions& options, Platform platform,
            http_client::Client& client, Deadline deadline)
      : settings_(settings),
        options_(options),
        platform_(platform),
        client_(client),
        deadline_(deadline) {}

  /// All of them, in their order.
  Detected run();

 private:
  bool lambda();
  bool beanstalk();
  bool kubernetes();
  bool containers();  // ECS
  void instance();
  void add_agent_log_group();

  /// The first value of a key counts; what is empty or endless is left out.
  void add(std::string_view key, std::string_view value);
  void add(std::string_view key, const Result<std::string_view>& value) {
    if (value) add(key, *value);
  }
  void claim_origin(std::string_view origin);
  void problem(std::string_view where, const Error& error);

  std::optional<std::string> variable(std::string_view name) const;
  Result<http::JsonDocument> get_json(const std::string& url, http::Headers headers);
  void add_ecs_container(const http::JsonDocument& container);
  void add_ecs_task(const http::JsonDocument& task);
  void add_log_group(const http::JsonDocument& container);
  /// The cluster's name, where the pod may read it; false when this is no EKS.
  bool find_cluster();
  std::string container_id() const;

  const Settings& settings_;
  const DetectOptions& options_;
  const Platform platform_;
  http_client::Client& client_;
  const Deadline deadline_;
  Detected found_;
};

/// The first run of exactly 64 hex digits: how runtimes call containers. Empty when there is none.
std::string_view find_container_id(std::string_view text) noexcept;

/// "arn:aws:ecs:REGION:ACCOUNT:task/…" in its parts; empty ones when it is none.
struct Arn {
  std::string_view partition{};
  std::string_view region{};
  std::string_view account{};
  std::string_view resource{};
};
Arn split_arn(std::string_view arn) noexcept;

}  // namespace aws
}  // namespace v0
}  // namespace aloft
