// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/delivery/engine.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/delivery/engine_access.hpp"
#include "telemetry/delivery/engine_check.hpp"
#include "telemetry/delivery/file_system.hpp"
#include "telemetry/delivery/worker.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// Owns the wire, and this process's worker.
class Engine::Core {
 public:
  Core(EngineOptions options, std::unique_ptr<Wire> wire, std::unique_ptr<WriteAheadLog> log,
       Platform platform)
      : options_(std::move(options)),
        limits_(wire->limits()),
        platform_(platform),
        wire_(std::move(wire)),
        worker_(new Worker(options_, limits_, wire_.get(), std::move(log), platform_)) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() {
    shutdown(Deadline::after(platform_.clock, options_.shutdown_timeout));
    if (left_behind_) {
      worker().leave_behind();
    } else {
      delete worker_.load();
    }
  }

  Worker& worker() const noexcept {
    Worker* const worker = worker_.load(std::memory_order_acquire);
    return worker->process() == detail::fork_epoch() ? *worker : succeed(worker);
  }

  Accounting shutdown(Deadline deadline) noexcept {
    Worker& mine = worker();
    const std::lock_guard lock(mine.end_mutex());
    if (wire_ != nullptr) {
      static_cast<void>(mine.flush(deadline));
      left_behind_ = !mine.stop();
      if (left_behind_) {
        static_cast<void>(wire_.release());  // somebody stands still in it
      } else {
        wire_.reset();  // its last answers, before the books are closed
        mine.finish();
      }
    }
    return mine.accounting();
  }

 private:
  /// The child of a fork: a worker of its own, without the log, with what the parent had in flight
  /// as its first entry. The parent's is not touched: its mutexes may be locked by threads that are
  /// not here.
  Worker& succeed(Worker* inherited) const noexcept {
    auto* const fresh =
        std::make_unique<Worker>(options_, limits_, wire_.get(), nullptr, platform_).release();
    fresh->inherit(inherited->accounting().in_flight);
    if (worker_.compare_exchange_strong(inherited, fresh, std::memory_order_acq_rel)) {
      inherited->leave_behind();
      return *fresh;
    }
    delete fresh;
    return *inherited;
  }

  const EngineOptions options_;
  const Limits limits_;
  const Platform platform_;
  std::unique_ptr<Wire> wire_;
  mutable std::atomic<Worker*> worker_;
  bool left_behind_ = false;
};

Result<Engine> Engine::create(EngineOptions options, std::unique_ptr<Wire> wire,
                              Platform platform) {
  return EngineAccess::create(std::move(options), std::move(wire), platform, FileSystem::system());
}

Result<Engine> EngineAccess::create(EngineOptions options, std::unique_ptr<Wire> wire,
                                    Platform platform, FileSystem& files) {
  if (wire == nullptr) {
    return fail(ErrorCode::invalid_argument, "the engine got no wire", "give it one");
  }
  if (Result<void> checked = check(options, wire->limits()); !checked) {
    return unexpected(std::move(checked).error());
  }
  std::unique_ptr<WriteAheadLog> log;
  if (options.log) {
    auto opened = WriteAheadLog::open(*options.log, platform, files);
    if (!opened) return unexpected(std::move(opened).error());
    log = std::move(*opened);
  }
  return Engine(std::make_unique<Engine::Core>(std::move(options), std::move(wire), std::move(log),
                                               platform));
}

Engine::Engine(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {}
Engine::Engine(Engine&& other) noexcept = default;
Engine& Engine::operator=(Engine&& other) noexcept = default;
Engine::~Engine() = default;

void Engine::offer(std::vector<Record> records) noexcept {
  core_->worker().offer(std::move(records));
}

bool Engine::flush(Deadline deadline) noexcept { return core_->worker().flush(deadline); }
SteadyTime Engine::poll() noexcept { return core_->worker().round(); }
Accounting Engine::shutdown(Deadline deadline) noexcept { return core_->shutdown(deadline); }
Accounting Engine::accounting() const noexcept { return core_->worker().accounting(); }
EngineCounters Engine::counters() const { return core_->worker().counters(); }
EngineHealth Engine::health() const { return core_->worker().health(); }

std::vector<DeadLetter> Engine::take_dead_letters() { return core_->worker().take_dead_letters(); }

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
