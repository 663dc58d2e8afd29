// SPDX-License-Identifier: Apache-2.0
// A store of logs of either kind, in memory or in a file, with a stream and a clock that stands.
#pragma once

#include "console/logs/log_store.hpp"

#include "../scratch_folder.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aloft::console::logs::fixture {

// Where a manual clock starts.
inline constexpr std::int64_t kNow = 1'735'787'045'000;
inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr StreamName kStream{"/aloft/payments", "today"};

class LogStoreContract : public ::testing::TestWithParam<bool> {
 protected:
  void open(LogStoreOptions options = {}) {
    if (GetParam()) options.path = folder_.path("logs.db");
    store_.reset();
    auto store = LogStore::create(options, clock_);
    ASSERT_TRUE(store) << store.error().to_string();
    store_ = std::move(*store);
  }
  void SetUp() override {
    open();
    make(kStream);
  }
  void make(const StreamName& name) {
    (void)store_->create_group(name.group, {});
    (void)store_->create_stream(name.group, name.stream);
  }
  void put(const StreamName& name, std::vector<IncomingEvent> events) {
    const auto done = store_->put(name, events);
    ASSERT_TRUE(done) << done.error().to_string();
  }
  // The messages that a scan shows, with a blank after each.
  std::string scan(const ScanOptions& options, std::size_t limit = 1000,
                   std::optional<ScanCursor>* next = nullptr) {
    std::string out;
    std::size_t count = 0;
    auto done = store_->scan(
        options,
        [&](const LogEvent& event) {
          if (count == limit) return false;
          ++count;
          out.append(event.message).append(" ");
          return true;
        },
        Deadline::never());
    if (!done) return "failed";
    if (next != nullptr) *next = *done;
    return out;
  }

  console::fixture::ScratchFolder folder_;
  testing::ManualClock clock_;
  std::unique_ptr<LogStore> store_;
};

}  // namespace aloft::console::logs::fixture
