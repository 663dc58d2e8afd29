// SPDX-License-Identifier: Apache-2.0
// A plugin that links Aloft statically is unloaded: in each state that its Telemetry can be in.
#include "telemetry/ends.hpp"
#include "telemetry/in_child.hpp"
#include "telemetry/plugin_with_telemetry.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace aloft {
namespace {

using std::chrono::seconds;

class Plugin {
 public:
  Plugin() : handle_(dlopen(path().c_str(), RTLD_NOW | RTLD_LOCAL)) {}
  bool is_loaded() const { return handle_ != nullptr; }
  void record_one(PluginTelemetry wanted) {
    void* const found = dlsym(handle_, "aloft_test_record_one");
    ASSERT_NE(found, nullptr);
    reinterpret_cast<RecordOne>(found)(wanted);
  }
  /// Whether it is gone then.
  bool unload() {
    return dlclose(handle_) == 0 && dlopen(path().c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr;
  }

 private:
  static std::string path() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() /
           "plugin_with_telemetry.so";
  }

  void* handle_;
};

/// Hangs in its first batch until somebody gives up on it: who did asks for its books.
class HangsUntilGivenUp final : public Exporter {
 public:
  HangsUntilGivenUp(std::promise<void>& exporting, std::atomic<bool>& came_back)
      : exporting_(exporting), came_back_(came_back) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    exporting_.set_value();
    gate_.get_future().wait();
    report.acknowledged(batch.span_count());
    came_back_ = true;
  }
  Accounting accounting() const noexcept override {
    gate_.set_value();
    return {};
  }

 private:
  std::promise<void>& exporting_;
  std::atomic<bool>& came_back_;
  mutable std::promise<void> gate_;
};

TEST(ProcessSafety, UnloadingSendsWhatATelemetryHasThatNobodyDestroys) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  std::atomic<int> batches{0};
  plugin.record_one({.exporter = std::make_unique<Calling>([&batches] { ++batches; }),
                     .shutdown_timeout = seconds(10),
                     .threading = Threading::manual});
  ASSERT_EQ(batches, 0);

  EXPECT_TRUE(plugin.unload());

  EXPECT_EQ(batches, 1);
}

class CountsLines final : public LogExporter {
 public:
  explicit CountsLines(std::size_t& lines) : lines_(lines) {}
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    lines_ += batch.lines.size();
    report.acknowledged(batch.lines.size());
  }

 private:
  std::size_t& lines_;
};

TEST(ProcessSafety, UnloadingWritesTheLinesOfATelemetryThatNobodyDestroys) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  std::size_t lines = 0;
  plugin.record_one({.exporter = std::make_unique<Calling>([] {}),
                     .shutdown_timeout = seconds(10),
                     .threading = Threading::manual,
                     .log_exporter = std::make_unique<CountsLines>(lines)});
  ASSERT_EQ(lines, 0u);

  EXPECT_TRUE(plugin.unload());

  EXPECT_EQ(lines, 1u);
}

TEST(ProcessSafety, UnloadingWaitsForAnExporterThatItsShutdownHasLeftBehind) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  std::promise<void> exporting;
  std::atomic<bool> came_back{false};
  plugin.record_one({.exporter = std::make_unique<HangsUntilGivenUp>(exporting, came_back),
                     .shutdown_timeout = seconds(0),
                     .is_destroyed = true});
  exporting.get_future().wait();

  EXPECT_TRUE(plugin.unload());

  EXPECT_TRUE(came_back);
}

TEST(ProcessSafety, AChildOfAForkUnloadsWhatHangsInItsParent) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  std::promise<void> exporting;
  std::promise<void> gate;
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  plugin.record_one({.exporter = std::make_unique<Calling>([&, life = std::move(life)] {
                       exporting.set_value();
                       gate.get_future().wait();
                     }),
                     .shutdown_timeout = seconds(10),
                     .is_destroyed = true});
  exporting.get_future().wait();

  // The copy of an exporter in the middle of a batch cannot even be destroyed.
  const int verdict = in_child([&] { return !plugin.unload() ? 1 : alive.expired() ? 2 : 0; });
  gate.set_value();

  EXPECT_EQ(verdict, 0);
  EXPECT_TRUE(plugin.unload());
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace aloft
