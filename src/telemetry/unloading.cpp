// SPDX-License-Identifier: Apache-2.0
#include "telemetry/unloading.hpp"

#include "telemetry/registry.hpp"

#include <dlfcn.h>
#include <link.h>
#include <atomic>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

// No function tells whether dlclose or exit finalises a library; the order does. exit() first calls
// all static destructors, then each library's array of finalisers. dlclose calls the library's
// array, whose first entry (thus the last to run, but for entries with a priority) calls its static
// destructors. Source: Itanium C++ ABI 3.3.6; ELF gABI, "Initialization and Termination Functions".
enum class Stage { unwatched, running, static_destructors_ran, closing };
// Any thread that closes a Telemetry asks; who writes are finalisers and the first to start one.
constinit std::atomic<Stage> stage{Stage::unwatched};

struct AmongStaticDestructors {
  ~AmongStaticDestructors() {
    if (stage == Stage::running) stage = Stage::static_destructors_ran;
  }
};

[[gnu::destructor]] void before_static_destructors_if_closed() noexcept {
  if (stage == Stage::running) stage = Stage::closing;
}

// The least priority is the last of all: static objects of the library's user are gone by now.
[[gnu::destructor(101)]] void last_of_all() noexcept {
  if (stage == Stage::closing) Registry::instance().unload();
}

}  // namespace

bool unloading() noexcept { return stage == Stage::closing; }

void watch_unloading() noexcept {
  static const AmongStaticDestructors among;
  stage = Stage::running;
}

void keep_loaded(const void* address) noexcept {
#if defined(__GLIBC__)  // musl never unmaps
  Dl_info info{};
  void* found = nullptr;
  if (dladdr1(address, &info, &found, RTLD_DL_LINKMAP) == 0 || found == nullptr) return;
  const char* const name = static_cast<const link_map*>(found)->l_name;
  // One reference more, which nobody gives back; RTLD_NODELETE would make ld.so abort where a
  // dlclose is already on its way.
  if (name[0] != '\0') static_cast<void>(dlopen(name, RTLD_LAZY | RTLD_NOLOAD));
#else
  static_cast<void>(address);
#endif
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
