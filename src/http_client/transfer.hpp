// SPDX-License-Identifier: Apache-2.0
// One accepted request from its first byte to its outcome: the only file, with core.cpp, that
// speaks libcurl. Private to the room.
//
// Thread-safety: none; handed from the sender to the client's thread.
#pragma once

#include <aloft/http_client/client.hpp>

#include "http_client/counters.hpp"
#include "http_client/request_check.hpp"
#include "http_client/response_reader.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// Makes libcurl and its TLS library ready, once a process. What is made after this is destroyed,
/// at the end of the process, before the TLS library cleans up.
bool init_library() noexcept;

/// What every transfer of a client shares.
struct TransferSettings {
  const ClientOptions& options;
  Counters& counters;
};

/// How a transfer ended, and the counter that says so.
struct Outcome {
  Counters::Field counter;
  Result<ClientResponse> result;
};

class Transfer {
 public:
  Transfer(TransferSettings settings, ClientRequest request, std::string origin)
      : host(host_key(origin)),
        settings_(settings),
        request_(std::move(request)),
        origin_(std::move(origin)),
        reader_(settings.options.response_header_limit_bytes,
                settings.options.response_body_limit_bytes) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// Takes a place among those in flight until it is destroyed; false when there is none.
  bool take_place() noexcept;
  /// Makes the handle; false when the system has no memory for it.
  bool prepare();
  CURL* handle() const noexcept { return handle_; }
  static Transfer& of(CURL* handle) noexcept;

  /// What `code` and the bytes read amount to.
  Outcome finish(CURLcode code);
  Outcome time_out() const;
  Outcome cancel() const;
  Outcome broken_by_us() const;

  const std::string host;  ///< one word per host and port, however it was spelt
  Deadline deadline;
  Client::Completion completion;
  // For the client's thread: its place among the active ones, and whether libcurl has it.
  std::size_t index = 0;
  bool running = false;

 private:
  template <typename T>
  void set(CURLoption option, T value) noexcept;
  void set_method() noexcept;
  void set_fields();
  void set_connection() noexcept;
  void set_callbacks() noexcept;
  void add_field(const std::string& line) noexcept;
  Outcome failed(Counters::Field counter, ErrorCode code, std::string_view what,
                 std::string_view remedy) const noexcept;
  Outcome headers_too_big() const;
  Outcome failed_to_read() const;

  static std::size_t on_header(char* bytes, std::size_t one, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self);
  static int on_send(void* self, char* peer, char* local, int peer_port, int local_port);

  const TransferSettings settings_;
  const ClientRequest request_;
  const std::string origin_;  // scheme and authority, fit to be shown
  ResponseReader reader_;
  CURL* handle_ = nullptr;
  curl_slist* fields_ = nullptr;
  unsigned sends_ = 0;
  bool has_place_ = false;
  bool resend_refused_ = false;
  bool out_of_memory_ = false;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
