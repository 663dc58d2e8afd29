// SPDX-License-Identifier: Apache-2.0
// What every exporter must do, whatever its wire: run it in the test of a new one.
//
//   std::unique_ptr<Exporter> mine = my_exporter();
//   EXPECT_THAT(exporter_contract(*mine), IsEmpty());
//
// It checks that the exporter survives every kind of batch (empty, without a root, a thousand
// spans, text that needs escaping, the same again) and accounts for each span exactly once.
// Where the bytes went is for the exporter's own test to say. Thread-safety: none.
#pragma once

#include <aloft/telemetry/exporter.hpp>

#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

/// @return one sentence for each broken rule; empty when all hold.
std::vector<std::string> exporter_contract(Exporter& exporter);

}  // namespace testing
}  // namespace v0
}  // namespace aloft
