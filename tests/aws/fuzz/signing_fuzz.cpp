// SPDX-License-Identifier: Apache-2.0
// Urls, and what detectors read from files: what is signed has its lines, and an id has 64 digits.
#include "aws/detectors.hpp"

#include <aloft/aws/signing.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft;
  const void* const generic = data;
  const std::string text(static_cast<const char*>(generic), size);
  for (const char* front : {"", "https://host"}) {
    const http_client::ClientRequest request{.url = front + text};
    const auto canonical = aws::canonical_request(request, "HASH");
    if (!canonical) continue;
    if (canonical->signed_headers != "host") std::abort();
    // Method, path, query, one field, an empty line, the names, the hash; a host may hold a break.
    const bool broken = text.find('\n') != std::string::npos;
    if (!broken && std::count(canonical->text.begin(), canonical->text.end(), '\n') != 6) {
      std::abort();
    }
  }
  const std::string_view id = aws::find_container_id(text);
  if (!id.empty() && id.size() != 64) std::abort();
  const aws::Arn arn = aws::split_arn(text);
  if (arn.resource.empty() && !arn.account.empty()) std::abort();
  return 0;
}
