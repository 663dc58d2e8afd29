// SPDX-License-Identifier: Apache-2.0
// What each line of bench_logs says, whoever writes it.
#pragma once

#include <string_view>

namespace aloft::bench {

inline constexpr std::string_view kService = "payments";
inline constexpr std::string_view kLoggerName = "charges";
inline constexpr std::string_view kRequest = "0190163d-8694-739b-aea5-966c26f8ad91";
inline constexpr std::string_view kTenant = "tenant-00017";
inline constexpr std::string_view kUser = "user-0000042";
inline constexpr std::string_view kChargeId = "ch_8f3c1d5a7be1f2a4";
inline constexpr std::string_view kCurrency = "USD";
inline constexpr int kAmount = 4'200;
inline constexpr double kTook = 0.0123;

}  // namespace aloft::bench
