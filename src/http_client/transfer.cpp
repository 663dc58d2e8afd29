// SPDX-License-Identifier: Apache-2.0
#include "http_client/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

long milliseconds(Nanoseconds timeout) noexcept {
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return static_cast<long>(std::max<std::int64_t>(rounded, 1));
}

/// Closed by exec, which libcurl leaves to chance, and counted.
curl_socket_t open_socket(void* counters, curlsocktype, curl_sockaddr* address) {
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  static_cast<Counters*>(counters)->add(&ClientStats::connections);
  static_cast<Counters*>(counters)->add(&ClientStats::open_connections);
  return socket;
}

int close_socket(void* counters, curl_socket_t socket) {
  static_cast<Counters*>(counters)->subtract(&ClientStats::open_connections);
  return ::close(socket);
}

}  // namespace

Transfer::~Transfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(fields_);
  if (has_place_) settings_.counters.subtract(&ClientStats::in_flight);
}

bool Transfer::take_place() noexcept {
  has_place_ =
      settings_.counters.add_below(&ClientStats::in_flight, settings_.options.in_flight_limit);
  return has_place_;
}

Transfer& Transfer::of(CURL* handle) noexcept {
  char* self = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  void* generic = self;
  return *static_cast<Transfer*>(generic);
}

template <typename T>
void Transfer::set(CURLoption option, T value) noexcept {
  // The options are known to this libcurl (7.88 at least), so memory is all that can be missing.
  if (curl_easy_setopt(handle_, option, value) != CURLE_OK) out_of_memory_ = true;
}

bool init_library() noexcept {
  // Never undone: others may use the library, too. Thread-safe since 7.84.
  static const CURLcode library = curl_global_init(CURL_GLOBAL_DEFAULT);
  return library == CURLE_OK;
}

bool Transfer::prepare() {
  handle_ = curl_easy_init();
  if (handle_ == nullptr) return false;
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);  // what was checked is what goes out
  set_method();
  set_fields();
  set_connection();
  set_callbacks();
  return !out_of_memory_;
}

void Transfer::set_method() noexcept {
  const http::Method method = request_.method;
  if (method == http::Method::get) return set(CURLOPT_HTTPGET, 1L);
  if (method == http::Method::head) return set(CURLOPT_NOBODY, 1L);
  const bool has_length = method == http::Method::post || method == http::Method::put ||
                          method == http::Method::patch || !request_.body.empty();
  if (has_length) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());  // not copied: it lives as long as the handle
  }
  // The names are literals, so they end with a zero.
  if (method != http::Method::post) set(CURLOPT_CUSTOMREQUEST, to_string(method).data());
}

void Transfer::set_fields() {
  for (const http::HeaderField field : request_.headers) {
    std::string line(field.name);
    // For libcurl `name:` means "leave it out" and `name;` means "send it empty".
    line += field.value.empty() ? ";" : ": ";
    line += field.value;
    add_field(line);
  }
  add_field("Expect:");  // libcurl would wait a second for a 100 that few servers send
  if (!request_.headers.has("content-type")) add_field("Content-Type:");  // nor guess a form
  set(CURLOPT_HTTPHEADER, fields_);
  set(CURLOPT_USERAGENT, settings_.options.user_agent.c_str());
}

void Transfer::add_field(const std::string& line) noexcept {
  curl_slist* const longer = curl_slist_append(fields_, line.c_str());
  if (longer == nullptr) {
    out_of_memory_ = true;
  } else {
    fields_ = longer;
  }
}

void Transfer::set_connection() noexcept {
  const ClientOptions& options = settings_.options;
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.proxy_from_environment) set(CURLOPT_PROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // what a proxy says of its tunnel is no answer
  set(CURLOPT_NOSIGNAL, 1L);    // no SIGALRM for name look-ups: signals are the host's
  set(CURLOPT_QUICK_EXIT, 1L);  // a look-up that hangs does not hold up the end of the client
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_timeout));
  const auto idle = std::chrono::ceil<std::chrono::seconds>(options.idle_connection_lifetime);
  set(CURLOPT_MAXAGE_CONN, static_cast<long>(idle.count()));
}

void Transfer::set_callbacks() noexcept {
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_send);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  // A connection outlives the transfer that opened it, so these get what the client shares.
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&settings_.counters));
  set(CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&settings_.counters));
}

std::size_t Transfer::on_header(char* bytes, std::size_t, std::size_t count, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.reader_.header_line({bytes, count}) ? count : 0;
  } catch (const std::bad_alloc&) {
    transfer.out_of_memory_ = true;
    return 0;
  }
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t count, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  try {
    // Any other number than `count` stops the transfer, and 0 would say "all" of nothing.
    return transfer.reader_.body({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
  } catch (const std::bad_alloc&) {
    transfer.out_of_memory_ = true;
    return CURL_WRITEFUNC_ERROR;
  }
}

/// Before each sending of the request. A second one means that the connection was kept alive and
/// ended without a byte of an answer; libcurl would repeat a POST, too.
int Transfer::on_send(void* self, char*, char*, int, int) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  if (transfer.request_.sent) transfer.request_.sent->store(true);
  if (++transfer.sends_ == 1) return CURL_PREREQFUNC_OK;
  if (!is_idempotent(transfer.request_.method)) {
    transfer.resend_refused_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.settings_.counters.add(&ClientStats::resent);
  return CURL_PREREQFUNC_OK;
}

Outcome Transfer::failed(Counters::Field counter, ErrorCode code, std::string_view what,
                         std::string_view remedy) const noexcept {
  try {
    return {counter, fail(code, origin_ + " " + std::string(what), std::string(remedy))};
  } catch (const std::bad_alloc&) {
    return {counter, fail(code, "no memory")};  // short enough to need none
  }
}

Outcome Transfer::headers_too_big() const {
  return failed(&ClientStats::response_headers_big, ErrorCode::resource_exhausted,
                "answered with more header bytes or fields than the limit",
                "raise ClientOptions::response_header_limit_bytes, or send less there");
}

Outcome Transfer::failed_to_read() const {
  switch (reader_.problem()) {
    case ResponseReader::Problem::headers_big:
      return headers_too_big();
    case ResponseReader::Problem::body_big:
      return failed(&ClientStats::response_bodies_big, ErrorCode::resource_exhausted,
                    "answered with a body above the limit",
                    "raise ClientOptions::response_body_limit_bytes, or ask for less");
    case ResponseReader::Problem::malformed:
    case ResponseReader::Problem::none:
      break;
  }
  return failed(&ClientStats::responses_malformed, ErrorCode::unavailable,
                "answered with something that is not HTTP",
                "check that the url names an HTTP server, and the scheme fits it");
}

Outcome Transfer::time_out() const {
  return failed(&ClientStats::timeouts, ErrorCode::deadline_exceeded,
                "did not answer before the deadline",
                "find out why it is slow, or give it more time");
}

Outcome Transfer::cancel() const {
  return failed(&ClientStats::cancelled, ErrorCode::cancelled,
                "was being asked when the client was destroyed",
                "keep the client until its requests have ended");
}

Outcome Transfer::broken_by_us() const {
  return failed(&ClientStats::internal_errors, ErrorCode::resource_exhausted,
                "could not be asked: the system is out of memory, threads or descriptors",
                "raise the limits of the process, or lower ClientOptions::in_flight_limit");
}

Outcome Transfer::finish(CURLcode code) {
  if (out_of_memory_) return broken_by_us();
  if (reader_.problem() != ResponseReader::Problem::none) return failed_to_read();
  if (resend_refused_) code = CURLE_GOT_NOTHING;
  // Also what libcurl says when a proxy refuses a tunnel.
  if (sends_ == 0 && code == CURLE_RECV_ERROR) code = CURLE_COULDNT_CONNECT;
  // What libcurl says about a single line above a limit of its own (100 KB).
  if (code == CURLE_OUT_OF_MEMORY && sends_ > 0 && !reader_.head_complete()) {
    return headers_too_big();
  }
  switch (code) {
    case CURLE_OK:
      if (!reader_.head_complete()) return failed_to_read();
      return {&ClientStats::responses, std::move(reader_.response())};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return failed(&ClientStats::connect_errors, ErrorCode::unavailable,
                    "has an unknown host name", "check the name and the resolver");
    case CURLE_COULDNT_CONNECT:
      return failed(&ClientStats::connect_errors, ErrorCode::unavailable,
                    "could not be connected to", "check that it runs and listens there");
    case CURLE_OPERATION_TIMEDOUT:
      return failed(&ClientStats::connect_timeouts, ErrorCode::unavailable,
                    "gave no connection within ClientOptions::connect_timeout",
                    "check that it is reachable, and not overloaded");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return failed(&ClientStats::connections_broken, ErrorCode::unavailable,
                    "ended the connection before the whole answer",
                    "it may have handled the request: repeat it only if that does no harm");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return failed(&ClientStats::tls_errors, ErrorCode::unavailable,
                    "could not be trusted, or speaks no TLS",
                    "check its certificate, and ClientOptions::ca_file");
    case CURLE_URL_MALFORMAT:
      return failed(&ClientStats::internal_errors, ErrorCode::invalid_argument,
                    "is an address that libcurl does not take", "write it in its usual form");
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return broken_by_us();
    default:
      return failed_to_read();
  }
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
