// SPDX-License-Identifier: Apache-2.0
#include "payments/issuer.hpp"

#include "common/pause.hpp"

#include <algorithm>

namespace payments {
namespace {

constexpr std::string_view kDeclinedNumber = "4000000000000002";

}  // namespace

aloft::Result<Decision> Issuer::authorise(const CardNumber& card, aloft::Deadline deadline) {
  const double spread = aloft::to_fraction(platform_.random.next());
  const auto range = static_cast<double>((options_.longest - options_.shortest).count());
  const aloft::Nanoseconds latency =
      options_.shortest + aloft::Nanoseconds(static_cast<std::int64_t>(spread * range));

  const aloft::SteadyTime answered = platform_.clock.steady_now() + latency;
  example::pause_until(platform_.clock, std::min(answered, deadline.at));
  if (deadline.at < answered) {
    return aloft::fail(aloft::ErrorCode::deadline_exceeded, "the issuer did not answer in time");
  }
  return card.reveal_to_issuer() == kDeclinedNumber ? Decision::declined : Decision::approved;
}

}  // namespace payments
