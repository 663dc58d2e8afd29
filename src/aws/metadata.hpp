// SPDX-License-Identifier: Apache-2.0
// The metadata service of an EC2 instance, version 2 only: version 1 answers to whoever can make
// this machine send a GET.
#pragma once

#include <aloft/aws/settings.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/http_client/client.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// The sooner of the two.
inline Deadline sooner(Deadline a, Deadline b) noexcept { return a.at < b.at ? a : b; }

/// Whether the hardware says that it is EC2's, or an endpoint is configured.
bool may_be_instance(const Settings& settings, const std::string& vendor_file,
                     const std::string& hypervisor_file);

class MetadataService {
 public:
  /// @param client   must outlive this; without proxy.
  /// @param timeout  of one request; AWS_METADATA_SERVICE_TIMEOUT wins.
  MetadataService(const Settings& settings, http_client::Client& client, Platform platform,
                  Nanoseconds timeout);

  /// AWS_EC2_METADATA_DISABLED is not set.
  bool enabled() const noexcept { return enabled_; }
  /// Somebody has answered, with whatever status.
  bool answered() const noexcept { return answered_; }
  /// Asks for "/latest/meta-data/…", after a token that is renewed when it has to be.
  /// @error not_found    404: the instance has no such thing.
  /// @error unavailable  anything else: this is no instance, or the hop limit is too low.
  Result<std::string> get(std::string_view path, Deadline deadline);

 private:
  Result<std::string> ask(std::string_view path, Deadline deadline);
  Result<http_client::ClientResponse> send(const http_client::ClientRequest& request,
                                           Deadline deadline);
  Result<void> renew_token(Deadline deadline);
  Deadline within(Deadline deadline) const noexcept;

  http_client::Client& client_;
  Platform platform_;
  Nanoseconds timeout_;
  std::string endpoint_;
  int attempts_ = 1;
  bool enabled_ = true;
  bool answered_ = false;
  std::string token_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
