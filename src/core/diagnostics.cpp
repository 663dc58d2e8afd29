// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/diagnostics.hpp>

#include "core/harmless_write.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/json_writer.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <new>

namespace aloft {
inline namespace v0 {
namespace {

// A slot per (code, subject); two that meet in one slot share its second. 64 covers every place
// in the library that reports.
constexpr std::size_t kSlots = 64;
constexpr std::int64_t kQuietNanoseconds = 1'000'000'000;
constexpr std::size_t kMaxLineBytes = 1'024;

class StandardError final : public Diagnostics {
 public:
  void report(ErrorCode code, std::string_view subject,
              std::string_view message) noexcept override {
    Slot& slot =
        slots_[(std::hash<std::string_view>{}(subject) ^ static_cast<std::size_t>(code)) % kSlots];
    const std::int64_t now = Clock::system().steady_now().time_since_epoch().count();
    std::int64_t last = slot.last.load(std::memory_order_relaxed);
    if ((last != 0 && now - last < kQuietNanoseconds) ||
        !slot.last.compare_exchange_strong(last, now, std::memory_order_relaxed)) {
      slot.held_back.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    write(to_string(code), subject, message,
          static_cast<std::int64_t>(slot.held_back.exchange(0, std::memory_order_relaxed)));
  }

  void announce(std::string_view subject, std::string_view message) noexcept override {
    write("info", subject, message, 0);
  }

 private:
  static void write(std::string_view what, std::string_view subject, std::string_view message,
                    std::int64_t held_back) noexcept {
    json::Buffer buffer(kMaxLineBytes);
    json::Writer json(buffer);
    json.begin_object();
    json.key("aloft").text(what);
    json.key("subject").text(subject);
    json.key("message").text(message.substr(0, kMaxLineBytes / 2));
    json.key("held_back").integer(held_back);
    json.end_object();
    buffer.append('\n');
    // One write, so that lines of several threads do not mix. A full or closed pipe is ignored:
    // there is nobody left to tell, and the caller may be a thread of the host.
    static_cast<void>(
        detail::harmless_write(STDERR_FILENO, buffer.view().data(), buffer.size(), 0));
  }

  struct Slot {
    std::atomic<std::int64_t> last{0};
    std::atomic<std::uint64_t> held_back{0};
  };
  std::array<Slot, kSlots> slots_;
};

}  // namespace

Diagnostics& Diagnostics::standard_error() noexcept {
  alignas(StandardError) static unsigned char storage[sizeof(StandardError)];
  static Diagnostics* const diagnostics = new (storage) StandardError;
  return *diagnostics;
}

}  // namespace v0
}  // namespace aloft
