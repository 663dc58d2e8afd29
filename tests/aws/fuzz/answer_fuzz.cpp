// SPDX-License-Identifier: Apache-2.0
// What sources of credentials answer: what is taken can stand in a header and has a key.
#include "aws/credential_answer.hpp"

#include <aloft/aws/clock_skew.hpp>
#include <aloft/http/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check(const aloft::Result<aloft::aws::Credentials>& read) {
  if (!read) {
    if (read.error().message.empty()) std::abort();
    return;
  }
  if (!aloft::http::is_valid_header_value(read->access_key_id) ||
      !aloft::http::is_valid_header_value(read->session_token.reveal()) ||
      read->secret_access_key.empty()) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* const generic = data;
  const std::string_view text(static_cast<const char*>(generic), size);
  check(aloft::aws::read_endpoint_answer(text));
  check(aloft::aws::read_process_answer(text));
  check(aloft::aws::read_sso_answer(text));
  check(aloft::aws::read_sts_answer(text));
  static_cast<void>(aloft::aws::parse_http_date(text));
  static_cast<void>(aloft::aws::parse_iso_time(text));
  return 0;
}
