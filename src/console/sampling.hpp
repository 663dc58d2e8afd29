// SPDX-License-Identifier: Apache-2.0
// What X-Ray's SDKs ask the daemon for, unsigned, on its TCP port: the sampling rules, and every
// ten seconds the targets for the rules that saw traffic. The rules are those of the console's
// file, and the default rule that every account has.
//
// A rule's reservoir is split between the clients that reported for it within the last interval,
// so that together they sample no more than it a second; a client that is new takes its share at
// its first report, the others give it up at their next one, at most an interval later.
//
//   Sampling sampling(rules, started);
//   auto answer = sampling.targets_json(body, now);
//
// Source: X-Ray service model, GetSamplingRules and GetSamplingTargets, read 2026-11.
// Thread-safety: all of it.
#pragma once

#include "console/bad_request.hpp"
#include "console/sampling_rules.hpp"

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

namespace aloft::console {

/// Ours: more than 25 custom rules, the quota of an account (2026-11), in one answer, because some
/// SDKs ask for one page only.
inline constexpr std::size_t kRulesPerPage = 50;

class Sampling {
 public:
  /// @param since  when the rules came into being: the start of the console.
  Sampling(SamplingRules rules, WallTime since);

  /// The answer to `POST /GetSamplingRules`, or what is wrong with its NextToken. SDKs need the
  /// array, and every member of a rule. A body that is no JSON asks for the first page.
  std::variant<std::string, BadRequest> rules_json(std::string_view body) const;
  /// The answer to `POST /SamplingTargets`, or what is wrong with `body`.
  std::variant<std::string, BadRequest> targets_json(std::string_view body, WallTime now);

 private:
  // When each client reported last, by rule.
  using Clients = std::map<std::string, WallTime, std::less<>>;

  /// Takes note of the client.
  std::int64_t quota_of(const SamplingRule& rule, const std::string& client, WallTime now);

  const SamplingRules rules_;
  const WallTime since_;
  std::mutex mutex_;
  std::map<std::string, Clients, std::less<>> clients_;  // of known rules only
};

}  // namespace aloft::console
