// SPDX-License-Identifier: Apache-2.0
#include "safety/life.hpp"

#include "safety/life_processes.hpp"
#include "safety/plugin_api.hpp"

#include <aloft/telemetry/telemetry.hpp>

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

namespace aloft::safety {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kQueueBytes = 256u << 10;  // 32 chunks, so that a burst fills it
constexpr std::size_t kStackOfNoSystem = std::size_t{1} << 46;

using Kept = std::array<std::optional<Span>, 8>;

// Destroyed in the opposite order, so a Telemetry has spans that live longer and some that do not.
Kept kept_early;
std::optional<Telemetry> in_static;
Kept kept_late;
thread_local Kept kept_by_thread;
thread_local std::optional<Telemetry> in_thread;
std::optional<Telemetry>* leaked = nullptr;

// For signal handlers, which have nowhere else to find it.
Tracer handler_tracer;
void record_in_handler(int) { handler_tracer.start("handler").end(); }
void exit_in_handler(int) { std::exit(0); }

TelemetryOptions options_of(const Script& script, const World& world) {
  TelemetryOptions options{.service_name = "safety",
                           .sampling_rate = script.rate,
                           .daemon_address = world.address(script.daemon),
                           .exporter = exporter_for(script.daemon)};
  options.pipeline.queue_limit_bytes = kQueueBytes;
  options.pipeline.flush_interval = milliseconds(100);
  options.pipeline.shutdown_timeout = milliseconds(script.shutdown_ms);
  options.pipeline.threading = script.manual ? Threading::manual : Threading::background;
  return options;
}

void record(const Tracer& tracer, int spans) {
  for (int i = 0; i < spans; ++i) {
    Span span = tracer.start("work", {.kind = SpanKind::server});
    span.annotate("number", i);
    span.child("step").annotate("text", "some text of the step");
  }
}

class Life {
 public:
  Life(const Script& script, const World& world, Report& report)
      : script_(script), world_(world), report_(report) {}

  void play() {
    choose_home();
    start();
    for (int i = 0; i < script_.threads; ++i) load_.emplace_back([this] { loaded(); });
    // A thread's first steps allocate, and AddressSanitizer of g++ 12 does not bring the locks of
    // its allocator through a fork.
    while (ready_.load() < script_.threads) std::this_thread::yield();
    for (std::size_t i = 0; i < script_.acts.size(); ++i) {
      report_.act.store(static_cast<int>(i));
      if (script_.acts[i] >= kFirstOfFork) {
        processes_.play(script_.acts[i], telemetry());
      } else if (script_.acts[i] >= Act::plugin) {
        play_plugin(script_.acts[i]);
      } else {
        play_act(script_.acts[i]);
      }
    }
    if (script_.joined) stop_.store(true);
    for (std::thread& thread : load_) script_.joined ? thread.join() : thread.detach();
    end();
  }

 private:
  Telemetry& telemetry() { return **home_; }

  void choose_home() {
    static std::optional<Telemetry> in_function;
    switch (script_.home) {
      case Home::static_object:
        home_ = &in_static;
        break;
      case Home::function_static:
        home_ = &in_function;
        break;
      case Home::thread_local_object:
        home_ = &in_thread;
        break;
      case Home::leaked:
        home_ = leaked = new std::optional<Telemetry>;
        break;
      default:
        home_ = &local_;
    }
  }

  void start() {
    Result<Telemetry> created = Telemetry::create(options_of(script_, world_));
    if (!created) give_up(report_, "no Telemetry could be made");
    home_->emplace(std::move(*created));
    tracer_ = telemetry().tracer();
    handler_tracer = tracer_;
  }

  /// What a request thread does for as long as it lives, at a pace.
  void loaded() {
    const Tracer tracer = tracer_;
    kept_by_thread[0].emplace(tracer.start("of the thread"));
    ready_.fetch_add(1);
    while (!stop_.load()) {
      record(tracer, 5);
      poll(nullptr, 0, 1);
    }
  }

  void play_act(Act act) {
    switch (act) {
      case Act::spans:
        return record(tracer_, 20);
      case Act::children:
        return children();
      case Act::errors:
        return errors();
      case Act::burst:
        return burst();
      case Act::outlive:
        return outlive();
      case Act::flush:
        record(tracer_, 3);
        return static_cast<void>(telemetry().flush(milliseconds(10)));
      case Act::restart:
        home_->reset();
        return start();
      case Act::cycles:
        return cycles();
      case Act::toggle:
        telemetry().set_enabled(false);
        record(tracer_, 3);
        return telemetry().set_enabled(true);
      case Act::handler_spans:
        std::signal(SIGUSR2, record_in_handler);
        for (int i = 0; i < 5; ++i) std::raise(SIGUSR2);
        return;
      case Act::without_descriptors:
        return without_descriptors();
      default:
        return without_threads();
    }
  }

  void children() {
    Span root = tracer_.start("root");
    Span first = root.child("first");
    std::thread([other = root.child("other")]() mutable { other.annotate("where", 1); }).join();
    root.end();
    first.child("after the root").end();
  }

  void errors() {
    Span span = tracer_.start("failing");
    span.set_error("Refused", std::string(3'000, 'e'));
    span.add_metadata("name", "key", std::string(10'000, 'm'));
    if (script_.manual) telemetry().poll();
  }

  void burst() {
    std::array<std::optional<Span>, 100> open;
    for (std::optional<Span>& span : open) span.emplace(tracer_.start("open"));
    if (script_.manual) telemetry().poll();
  }

  void outlive() {
    for (Kept* kept : {&kept_early, &kept_late, &kept_by_thread}) {
      for (std::size_t i = 1; i + 1 < kept->size(); i += 2) {
        (*kept)[i].emplace(tracer_.start("kept"));
        (*kept)[i + 1].emplace((*kept)[i]->child("kept child"));
      }
    }
  }

  void cycles() {
    for (int i = 0; i < 3; ++i) {
      Result<Telemetry> another = Telemetry::create(options_of(script_, world_));
      if (!another) give_up(report_, "a Telemetry of a cycle could not be made");
      record(another->tracer(), 2);
      const Accounting books = another->shutdown(milliseconds(script_.shutdown_ms));
      if (books.balance() != 0) give_up(report_, "the books of a cycle do not balance");
    }
  }

  void without_descriptors() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return record(tracer_, 3);  // the sanitizers need descriptors to look at memory
#endif
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    record(tracer_, 3);
    static_cast<void>(telemetry().flush(milliseconds(10)));
    setrlimit(RLIMIT_NOFILE, &before);
  }

  void without_threads() {
    if (script_.daemon == Daemon::nested) return;  // the stand-in itself needs a thread
    pthread_attr_t before;
    pthread_attr_t impossible;
    pthread_getattr_default_np(&before);
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, kStackOfNoSystem);
    pthread_setattr_default_np(&impossible);
    const Result<Telemetry> refused = Telemetry::create(options_of(script_, world_));
    pthread_setattr_default_np(&before);
    pthread_attr_destroy(&impossible);
    pthread_attr_destroy(&before);
    if (refused.has_value() != script_.manual) give_up(report_, "no thread, and yet a Telemetry");
    if (!refused && refused.error().code != ErrorCode::resource_exhausted) {
      give_up(report_, "no thread, and another reason");
    }
  }

  void play_plugin(Act act) {
    const bool left = act == Act::plugin_left;
    void* twin = nullptr;
    if (act == Act::plugin_twins) twin = load(world_.twin(), false);
    void* plugin = load(world_.plugin(), left);
    if (act == Act::plugin_forgotten) return;
    if (act != Act::plugin_static) {
      const auto shutdown = reinterpret_cast<PluginShutdown>(dlsym(plugin, "plugin_shutdown"));
      if (shutdown(left ? 1 : 10'000) != 0)
        give_up(report_, "the books of the plugin do not balance");
    }
    dlclose(plugin);
    if (twin != nullptr) dlclose(twin);
    // The exporter that was left behind comes back into code that must still be there.
    if (left) poll(nullptr, 0, 40);
    if (act == Act::plugin || act == Act::plugin_twins) expect_gone(world_.plugin());
    if (twin != nullptr) expect_gone(world_.twin());
  }

  void* load(const std::string& path, bool hanging) {
    void* plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) give_up(report_, dlerror());
    const std::string address = world_.address(script_.daemon);
    const PluginOptions options{address.c_str(), hanging ? 30 : 0, script_.shutdown_ms, true};
    if (reinterpret_cast<PluginStart>(dlsym(plugin, "plugin_start"))(&options) != 0) {
      give_up(report_, "the plugin could not start");
    }
    reinterpret_cast<PluginWork>(dlsym(plugin, "plugin_work"))(3);
    return plugin;
  }

  void expect_gone(const std::string& path) {
    // One that was pinned or forgotten by an earlier act stays, and so does one whose daemon's
    // name is being looked up.
    if (script_.daemon == Daemon::unresolvable) return;
    for (const Act act : script_.acts) {
      if (act == Act::plugin_left || act == Act::plugin_forgotten) return;
    }
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr) {
      give_up(report_, "the plugin was not unloaded");
    }
  }

  void end() {
    mark();
    switch (script_.ending) {
      case Ending::from_main:
        return;  // `local_` is destroyed on the way
      case Ending::exit_in_thread:
        std::thread([] { std::exit(0); }).join();
        break;
      case Ending::exit_in_handler:
        return end_in_handler();
      case Ending::quick:
        std::quick_exit(0);
      case Ending::now:
        _exit(0);
      case Ending::exec:
        execl("/bin/true", "true", nullptr);
        break;
      default:
        std::signal(signal_of(script_.ending), SIG_DFL);
        std::raise(signal_of(script_.ending));
    }
    give_up(report_, "the process did not end");
  }

  void end_in_handler() {
    std::signal(SIGUSR1, exit_in_handler);
    const pthread_t self = pthread_self();
    std::thread([self] {
      poll(nullptr, 0, 1);
      pthread_kill(self, SIGUSR1);
    }).detach();
    // Not a call that allocates: the handler must be able to free.
    for (;;) {
      if (script_.seed % 2 == 0 && !script_.manual) {
        static_cast<void>(telemetry().flush(milliseconds(1)));
      } else {
        record(tracer_, 1);
      }
    }
  }

  void mark() { report_.end_began.store(Clock::system().steady_now().time_since_epoch().count()); }

  const Script& script_;
  const World& world_;
  Report& report_;
  Processes processes_{script_, report_};
  std::optional<Telemetry> local_;
  std::optional<Telemetry>* home_ = nullptr;
  Tracer tracer_;
  std::vector<std::thread> load_;
  std::atomic<int> ready_{0};  // threads of load
  std::atomic<bool> stop_{false};
};

}  // namespace

void give_up(Report& report, const char* why) {
  std::snprintf(report.failure, sizeof report.failure, "%s", why);
  _exit(kGaveUp);
}

void live(const Script& script, const World& world, Report& report) {
  // On the heap and reachable: threads that are still recording use it until the very end.
  static Life* life = nullptr;
  life = new Life(script, world, report);
  life->play();
  if (script.home == Home::local && script.joined) delete std::exchange(life, nullptr);
}

}  // namespace aloft::safety
