// SPDX-License-Identifier: Apache-2.0
// Runs the program of a `credential_process`: without a shell, with nothing of ours open but three
// descriptors, and for a limited time.
#pragma once

#include <aloft/aws/secret.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Ours: a command line of a config file that is longer is a mistake.
inline constexpr std::size_t kMaxCommandWords = 256;

/// Words between blanks; '…' and "…" keep blanks, a backslash keeps what follows it. No variables,
/// no wildcards. Source: SDKs and tools reference guide, "Process credential provider", and
/// Python's shlex, which botocore splits with, read 2026-11.
/// @error invalid_argument  empty, an open quote, a backslash at the end, or too many words.
Result<std::vector<std::string>> split_command(std::string_view command);

/// What the program wrote to its standard output, once it ended with 0. Its standard error is
/// thrown away: some write secrets there. It is killed, with its process group, at `deadline`, or
/// soon after `cancelled` became true.
/// @error not_found           there is no such program.
/// @error deadline_exceeded   it was killed.
/// @error cancelled           it was killed, because nobody waits any more.
/// @error resource_exhausted  it wrote more than `limit_bytes`, or the system has no process left.
/// @error unavailable         it ended with another code.
Result<Secret> run_process(const std::vector<std::string>& words, std::size_t limit_bytes,
                           Deadline deadline, const Clock& clock,
                           const std::atomic<bool>& cancelled);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
