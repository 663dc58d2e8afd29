// SPDX-License-Identifier: Apache-2.0
// Measures the redactor over clean texts of a thousand bytes, as spans and as logs see them: a
// thousandth of what it reports is the cost of a byte.
#include "budgets/measured.hpp"

#include <aloft/telemetry/redaction_policy.hpp>

#include <string>
#include <string_view>

namespace aloft::budget {
namespace {

constexpr std::size_t kTextBytes = 1000;

/// `piece` again and again, a thousand bytes of it.
std::string thousand_bytes_of(std::string_view piece) {
  std::string text;
  while (text.size() < kTextBytes) text += piece;
  text.resize(kTextBytes);
  return text;
}

const std::string kProse = thousand_bytes_of(
    "The charge was captured, and the receipt went to the customer's own page without a delay. ");
const std::string kLogLines = thousand_bytes_of(
    "2026-11-22T10:30:22.123Z INFO payments: charge ch_3MmlLrLkd captured in 12.5 ms, "
    "status=201\n");
const std::string kIds = thousand_bytes_of(
    "{\"request_id\":\"0190163d-8694-739b-aea5-966c26f8ad91\",\"order_id\":\"2026112200012345\","
    "\"amount_minor\":4200,\"ts\":1763812345123,\"author\":\"shipping\"},");
const std::string kAnnotation = "tenant-000000017";

template <typename Subject>
Result redact(std::string_view text, std::uint64_t iterations) {
  const Subject redactor;
  RedactionScratch scratch;
  RedactionCounts counts;
  std::size_t bytes = 0;
  for (std::uint64_t i = 0; i < iterations; ++i) {
    bytes += redactor.redact(text, scratch, counts).size();
  }
  return {0, bytes == text.size() * iterations ? 0U : 1U};
}

}  // namespace
}  // namespace aloft::budget

int main(int argc, char** argv) {
  using namespace aloft::budget;
  using Spans = aloft::Redactor;
  using Logs = aloft::PolicyRedactor;
  return run(argc, argv,
             {{"annotation_of_16", [](auto n) { return redact<Spans>(kAnnotation, n); }},
              {"prose_of_1000", [](auto n) { return redact<Spans>(kProse, n); }},
              {"log_lines_of_1000", [](auto n) { return redact<Spans>(kLogLines, n); }},
              {"json_ids_of_1000", [](auto n) { return redact<Spans>(kIds, n); }},
              {"policy_prose_of_1000", [](auto n) { return redact<Logs>(kProse, n); }},
              {"policy_log_lines_of_1000", [](auto n) { return redact<Logs>(kLogLines, n); }},
              {"policy_json_ids_of_1000", [](auto n) { return redact<Logs>(kIds, n); }}});
}
