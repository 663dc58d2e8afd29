// SPDX-License-Identifier: Apache-2.0
// A plugin that links Aloft statically is unloaded: in each state that its Telemetry can be in.
#include "telemetry/ends.hpp"
#include "telemetry/in_child.hpp"
#include "telemetry/plugin_with_telemetry.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
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
  explicit HangsUntilGivenUp(std::shared_ptr<int> life) : life_(std::move(life)) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    gate_.get_future().wait();
    report.acknowledged(batch.span_count());
  }
  Accounting accounting() const noexcept override {
    gate_.set_value();
    return {};
  }

 private:
  std::shared_ptr<int> life_;
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

TEST(ProcessSafety, UnloadingWaitsForAnExporterThatItsShutdownHasLeftBehind) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  plugin.record_one({.exporter = std::make_unique<HangsUntilGivenUp>(std::move(life)),
                     .shutdown_timeout = seconds(0),
                     .is_destroyed = true});

  EXPECT_TRUE(plugin.unload());

  EXPECT_TRUE(alive.expired());
}

TEST(ProcessSafety, AChildOfAForkUnloadsWhatHangsInItsParent) {
  Plugin plugin;
  ASSERT_TRUE(plugin.is_loaded());
  std::promise<void> exporting;
  std::promise<void> gate;
  plugin.record_one({.exporter = std::make_unique<Calling>([&] {
                       exporting.set_value();
                       gate.get_future().wait();
                     }),
                     .shutdown_timeout = seconds(10),
                     .is_destroyed = true});
  exporting.get_future().wait();

  const int verdict = in_child([&plugin] { return plugin.unload() ? 0 : 1; });
  gate.set_value();

  EXPECT_EQ(verdict, 0);
  EXPECT_TRUE(plugin.unload());
}

}  // namespace
}  // namespace aloft
