// SPDX-License-Identifier: Apache-2.0
#include <aloft/http_client/client.hpp>

#include "http_client/core.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

Result<void> check_range(std::string_view field, std::size_t value, std::size_t least,
                         std::size_t most) {
  if (value >= least && value <= most) return {};
  return fail(ErrorCode::invalid_argument,
              "ClientOptions::" + std::string(field) + " is out of range",
              "use " + std::to_string(least) + " to " + std::to_string(most));
}

Result<void> check_sizes(const ClientOptions& options) {
  constexpr std::size_t kMost = std::size_t{1} << 40;
  struct Range {
    std::string_view field;
    std::size_t value;
    std::size_t least;
    std::size_t most;
  };
  const Range ranges[] = {
      {"in_flight_limit", options.in_flight_limit, 1, 65'536},
      {"connections_per_host_limit", options.connections_per_host_limit, 1, 1'024},
      {"connections_limit", options.connections_limit, 1, 4'096},
      {"request_body_limit_bytes", options.request_body_limit_bytes, 0, kMost},
      {"response_header_limit_bytes", options.response_header_limit_bytes, 256, 65'536},
      {"response_body_limit_bytes", options.response_body_limit_bytes, 0, kMost},
  };
  for (const Range& range : ranges) {
    if (Result<void> ok = check_range(range.field, range.value, range.least, range.most); !ok) {
      return ok;
    }
  }
  return {};
}

Result<void> check(const ClientOptions& options) {
  if (Result<void> ok = check_sizes(options); !ok) return ok;
  for (const Nanoseconds timeout :
       {options.connect_timeout, options.request_timeout, options.idle_connection_lifetime}) {
    if (timeout <= Nanoseconds::zero() || timeout > std::chrono::hours(24)) {
      return fail(ErrorCode::invalid_argument, "a timeout of ClientOptions is out of range",
                  "use more than 0 and at most 24 hours");
    }
  }
  if (options.user_agent.empty() || options.user_agent.size() > 256 ||
      !http::is_valid_header_value(options.user_agent)) {
    return fail(ErrorCode::invalid_argument,
                "ClientOptions::user_agent is not the value of a field",
                "use 1 to 256 bytes without control characters");
  }
  if (options.ca_file.find('\0') != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "ClientOptions::ca_file is not a path",
                "name a PEM file, or leave it empty for those of the system");
  }
  return {};
}

/// What lost its thread in a fork and so can never be taken apart. Kept where a leak checker sees
/// that somebody holds it; never destroyed, because its owner may end after every static.
void keep_for_ever(std::shared_ptr<void> core) {
  struct Kept {
    std::mutex mutex;
    std::vector<std::shared_ptr<void>> cores;
  };
  static Kept& kept = *new Kept;
  const std::lock_guard lock(kept.mutex);
  kept.cores.push_back(std::move(core));
}

}  // namespace

Client::Client(std::shared_ptr<Core> core) noexcept : core_(std::move(core)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&& other) noexcept {
  if (this != &other) {
    const Client old(std::exchange(core_, std::move(other.core_)));
  }
  return *this;
}
Client::~Client() {
  if (core_ && !core_->stop()) keep_for_ever(std::move(core_));
}

Result<Client> Client::create(ClientOptions options, Platform platform) {
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  if (!init_library()) {
    return fail(ErrorCode::resource_exhausted, "libcurl could not be made ready",
                "give the process more memory");
  }
  return Client(std::make_shared<Core>(std::move(options), platform));
}

Result<ClientResponse> Client::send(const ClientRequest& request, Deadline deadline) {
  try {
    return Core::send_and_wait(core_, request, deadline);
  } catch (const std::bad_alloc&) {
    Outcome full = Core::no_memory();
    core_->count(full.counter);
    return std::move(full.result);
  }
}

void Client::send(ClientRequest request, Deadline deadline, Completion completion) {
  const std::shared_ptr<Core> core = core_;  // the completion may destroy this
  Core::send(core, std::move(request), deadline, std::move(completion));
}

void Client::refuse(Error error, Completion completion) noexcept {
  const std::shared_ptr<Core> core = core_;  // the completion may destroy this
  core->end({&ClientStats::refused_invalid, unexpected(std::move(error))}, std::move(completion));
}

void Client::cancel() noexcept { core_->request_stop(); }

ClientStats Client::stats() const noexcept { return core_->stats(); }
const ClientOptions& Client::options() const noexcept { return core_->options(); }
Platform Client::platform() const noexcept { return core_->platform(); }

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
