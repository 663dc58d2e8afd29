// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: no crash, a clean text stays as it is, cleaning twice changes nothing, every
// removal leaves a label, and a planted card number is gone.
#include <aloft/telemetry/redactor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace aloft;

void require(bool fact) {
  if (!fact) std::abort();
}

void check_text(const Redactor& redactor, std::string_view text, TextEnd end) {
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::string_view once = redactor.redact(text, scratch, counts, end);
  const bool is_clean = once.data() == text.data();
  require(is_clean == (counts.total() == 0));
  require(is_clean || once.find("[redacted:") != std::string_view::npos);
  const RedactionCounts before = counts;
  require(redactor.redact(once, scratch, counts, end).data() == once.data());
  require(counts == before);
}

void check_url(const Redactor& redactor, std::string_view url) {
  RedactionScratch scratch;
  RedactionCounts counts;
  for (const UrlPath path : {UrlPath::as_sent, UrlPath::route_template}) {
    const std::string_view safe = redactor.redact_url(url, path, scratch, counts);
    require(safe.find_first_of("?#") == std::string_view::npos);
    if (path == UrlPath::as_sent) require(safe.find('@') == std::string_view::npos);
  }
}

void check_planted(const Redactor& redactor, std::string_view text) {
  constexpr std::string_view kCard = "|4242424242424242|";
  RedactionScratch scratch;
  RedactionCounts counts;
  const std::size_t middle = text.size() / 2;
  std::string planted(text.substr(0, middle));
  planted.append(kCard).append(text.substr(middle));
  require(redactor.redact(planted, scratch, counts).find(kCard) == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Redactor redactor;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_text(redactor, text, TextEnd::complete);
  check_text(redactor, text, TextEnd::cut);
  check_url(redactor, text);
  check_planted(redactor, text);
  RedactionCounts counts;
  redactor.safe_user_id(text, counts);
  is_credential_header(text);
  return 0;
}
