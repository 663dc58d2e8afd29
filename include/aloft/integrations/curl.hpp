// SPDX-License-Identifier: Apache-2.0
// A span for a transfer on a libcurl easy handle of your own, in `curl_easy_perform` or in a multi.
//
//   CurlSpan call(request, easy, {.url = "https://fraud.internal/v1/scores/{id}"});
//   const CURLcode code = call.perform();
//
//   CurlSpan call(request, easy, {.url = …, .headers = list});         // in a multi handle:
//   curl_multi_add_handle(multi, easy);
//   …
//   if (message->msg == CURLMSG_DONE) call.finish(message->data.result);
//
// The transfer carries `x-amzn-trace-id` and `traceparent`, in place of those that your list may
// hold. libcurl does not tell which list a handle has, so give it here: it is sent as it is, not
// freed and not changed, and the handle has it again when the span has ended. Recorded are method,
// url template, status, bytes, and where the time went (metadata `curl`); never the real
// url, a header or a body. A transfer that failed is a fault of libcurl's reason; an answer of 4xx
// is not, also with CURLOPT_FAILONERROR.
//
// One `CurlSpan` a transfer, made after the handle is set up and before it starts. Handle and list
// must live until it has ended; it does not move, for libcurl reads what it holds. Destroyed before
// `finish`, it ends as a fault of type `dropped`.
//
// Thread-safety: as the handle. Never throws; allocates only when your list holds trace headers.
#pragma once

#include <aloft/core/error.hpp>
#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/span.hpp>

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct CurlCall {
  /// What is recorded: scheme, host, route template. The span is named by the host.
  std::string_view url{};
  std::string_view method{};  ///< empty: what libcurl says at the end
  /// What you would give to CURLOPT_HTTPHEADER.
  curl_slist* headers = nullptr;
  Propagation propagation = Propagation::configured;
};

/// The class of what libcurl says, as the spans of Aloft name it.
inline ErrorCode error_code_of(CURLcode code) noexcept {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::deadline_exceeded;
    case CURLE_ABORTED_BY_CALLBACK:
      return ErrorCode::cancelled;
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return ErrorCode::invalid_argument;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
      return ErrorCode::unsupported;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_LOGIN_DENIED:
    case CURLE_REMOTE_ACCESS_DENIED:
      return ErrorCode::permission_denied;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_TOO_MANY_REDIRECTS:
      return ErrorCode::resource_exhausted;
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
      return ErrorCode::data_loss;
    default:
      return ErrorCode::unavailable;
  }
}

namespace detail {

/// A list of header lines that begins with ours and goes on with the caller's.
class CurlHeaderList {
 public:
  CurlHeaderList(const Span& span, Propagation propagation, curl_slist* callers) noexcept
      : first_(callers) {
    const OutgoingHeaders headers(span, propagation);
    if (headers.size() == 0 || !leave_out(headers, callers)) return;
    for (const OutgoingHeader& header : headers) prepend(header);
  }
  CurlHeaderList(const CurlHeaderList&) = delete;
  CurlHeaderList& operator=(const CurlHeaderList&) = delete;

  curl_slist* first() const noexcept { return first_; }

 private:
  /// "name: value", or libcurl's "name;" for a header without a value.
  static std::string_view name_of(const curl_slist& line) noexcept {
    const std::string_view text = line.data == nullptr ? "" : line.data;
    return text.substr(0, text.find_first_of(":; "));
  }

  /// `callers` without the headers that are ours; false when there is no memory for a copy of the
  /// links. Usually there is nothing to leave out, and its own links serve.
  bool leave_out(const OutgoingHeaders& headers, curl_slist* callers) noexcept {
    std::size_t lines = 0;
    bool any = false;
    for (const curl_slist* line = callers; line != nullptr; line = line->next) {
      ++lines;
      any = any || headers.replaces(name_of(*line));
    }
    if (!any) return true;
    copied_.reset(new (std::nothrow) curl_slist[lines]);
    if (!copied_) return false;
    first_ = nullptr;
    curl_slist** next = &first_;
    std::size_t kept = 0;
    for (const curl_slist* line = callers; line != nullptr; line = line->next) {
      if (headers.replaces(name_of(*line))) continue;
      copied_[kept] = {line->data, nullptr};
      *next = &copied_[kept];
      next = &copied_[kept++].next;
    }
    return true;
  }

  void prepend(const OutgoingHeader& header) noexcept {
    auto& [text, link] = ours_[count_++];
    std::size_t size = header.name.copy(text.data(), text.size());
    text[size++] = ':';
    text[size++] = ' ';
    size += header.value.copy(text.data() + size, text.size() - 1 - size);
    text[size] = '\0';
    link = {text.data(), first_};
    first_ = &link;
  }

  /// The longest line, a tracestate, and its end.
  static constexpr std::size_t kLineBytes = kTracestateName.size() + 2 + kMaxTracestateBytes + 1;

  std::array<std::pair<std::array<char, kLineBytes>, curl_slist>, 3> ours_{};
  std::size_t count_ = 0;
  std::unique_ptr<curl_slist[]> copied_;
  curl_slist* first_;
};

}  // namespace detail

class [[nodiscard]] CurlSpan {
 public:
  CurlSpan(Span& parent, CURL* easy, const CurlCall& call) noexcept
      : span_(http_call(parent, {.method = call.method, .url = call.url})),
        easy_(easy),
        callers_(call.headers),
        list_(span_, call.propagation, call.headers),
        method_known_(!call.method.empty()) {
    set_headers(list_.first());
  }
  CurlSpan(const CurlSpan&) = delete;
  CurlSpan& operator=(const CurlSpan&) = delete;
  ~CurlSpan() {
    if (finished_) return;
    span_.set_error("dropped", "the transfer was given up before it ended");
    end();
  }

  /// `curl_easy_perform`, then `finish`.
  CURLcode perform() noexcept {
    const CURLcode code = curl_easy_perform(easy_);
    finish(code);
    return code;
  }

  /// Records how the transfer ended and ends the span; further calls do nothing.
  void finish(CURLcode code) noexcept {
    if (finished_) return;
    if (span_.recording()) record(code);
    end();
  }

  /// For what only you know of the call.
  Span& span() noexcept { return span_; }

 private:
  template <typename T>
  T ask(CURLINFO info) const noexcept {
    T value{};
    return curl_easy_getinfo(easy_, info, &value) == CURLE_OK ? value : T{};
  }

  void record(CURLcode code) noexcept {
    if (!method_known_) {
      const char* method = ask<char*>(CURLINFO_EFFECTIVE_METHOD);
      span_.set_http_request({.method = method == nullptr ? "" : method});
    }
    const long status = ask<long>(CURLINFO_RESPONSE_CODE);
    if (status > 0) {
      span_.set_http_response(static_cast<int>(status), ask<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T));
    }
    const curl_off_t sent = ask<curl_off_t>(CURLINFO_SIZE_UPLOAD_T);
    if (sent > 0) span_.annotate("request_bytes", std::int64_t{sent});
    record_times();
    if (code == CURLE_OK) return;
    span_.annotate("curl_code", std::int64_t{code});
    // The status says it already, and says whose mistake it was.
    if (code == CURLE_HTTP_RETURNED_ERROR && status > 0) return;
    span_.set_error(to_string(error_code_of(code)), curl_easy_strerror(code));
  }

  /// Microseconds since the transfer began.
  void record_times() noexcept {
    const auto add = [this](std::string_view key, CURLINFO info) noexcept {
      if (const auto at = ask<curl_off_t>(info); at > 0) {
        span_.add_metadata("curl", key, std::int64_t{at});
      }
    };
    add("name_resolved_us", CURLINFO_NAMELOOKUP_TIME_T);
    add("connected_us", CURLINFO_CONNECT_TIME_T);
    add("tls_done_us", CURLINFO_APPCONNECT_TIME_T);
    add("first_byte_us", CURLINFO_STARTTRANSFER_TIME_T);
  }

  /// Leaves the handle alone where there is nothing to send.
  void set_headers(curl_slist* list) noexcept {
    if (list_.first() != nullptr) curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);
  }

  void end() noexcept {
    finished_ = true;
    set_headers(callers_);
    span_.end();
  }

  Span span_;
  CURL* easy_;
  curl_slist* callers_;
  detail::CurlHeaderList list_;
  bool method_known_;
  bool finished_ = false;
};

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
