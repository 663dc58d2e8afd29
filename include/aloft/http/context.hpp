// SPDX-License-Identifier: Apache-2.0
// One request's life: who asks, until when, what routing found, and what guards leave for the
// handler. It is passed explicitly; nothing of a request is global or thread-local.
//
//   ctx.identity.tenant = *TenantId::parse("acme");          // a guard
//   ctx.emplace<Account>(account);                           // a guard
//   const Account* account = ctx.find<Account>();            // the handler
//   std::string_view id = ctx.param("id");                   // of "/v1/charges/{id}"
//   Span query = ctx.span().child("ledger");                 // inside the request's span
//
// Thread-safety: none. One thread at a time, handed over with the request; a guard that is pending
// must not touch it until it has resolved.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/identity.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/telemetry/span.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

/// Ours: more parameters than any readable path has.
inline constexpr std::size_t kMaxPathParams = 8;

class Context {
 public:
  explicit Context(Platform platform = Platform::system()) noexcept : platform_(platform) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  Identity identity;
  /// After it nobody waits for the answer; set by the adapter, shared by every step below.
  Deadline deadline;
  /// Added to whatever response is sent, also to a refusal, a 404 and a 500.
  Headers response_headers;

  /// Puts a `T` where later guards and the handler find it, until the request ends. A second one
  /// of the same type hides the first. The first kilobyte needs no allocation.
  template <typename T, typename... Args>
  T& emplace(Args&&... args);
  /// The latest `T`, or null.
  template <typename T>
  T* find() noexcept;
  template <typename T>
  const T* find() const noexcept {
    return const_cast<Context*>(this)->find<T>();
  }

  /// The request's own span; does nothing until the tracing guard has set it.
  Span& span() noexcept { return *span_; }
  /// Replaces the span; the one before ends.
  void set_span(Span span) noexcept { span_.emplace(std::move(span)); }
  Platform& platform() noexcept { return platform_; }
  /// The template that matched, e.g. "/v1/charges/{id}"; empty when none did.
  std::string_view route() const noexcept { return route_; }
  /// The decoded value of a path parameter; empty when the route has none of that name (a value is
  /// never empty). Valid as long as the context and the request.
  std::string_view param(std::string_view name) const noexcept;

  /// For the router: what it found.
  void set_route(std::string_view route) noexcept { route_ = route; }
  /// For the router; false above `kMaxPathParams`. Views must outlive the context.
  bool add_param(std::string_view name, std::string_view value) noexcept;
  void clear_params() noexcept { param_count_ = 0; }
  /// Bytes that live as long as the context, e.g. a decoded parameter.
  char* allocate_bytes(std::size_t count);

 private:
  struct Slot {
    Slot* next;
    const void* tag;
    void (*destroy)(Slot*) noexcept;
  };
  template <typename T>
  struct SlotOf : Slot {
    template <typename... Args>
    explicit SlotOf(Slot base, Args&&... args) : Slot(base), value(std::forward<Args>(args)...) {}
    T value;
  };
  struct Block {
    std::unique_ptr<Block> next;
    std::unique_ptr<std::byte[]> bytes;
  };
  struct Param {
    std::string_view name;
    std::string_view value;
  };
  /// One address a type: identity without RTTI.
  template <typename T>
  static constexpr char kTag = 0;

  void* allocate(std::size_t bytes, std::size_t alignment);

  Platform platform_;
  std::optional<Span> span_{std::in_place};
  std::string_view route_;
  std::array<Param, kMaxPathParams> params_;
  std::size_t param_count_ = 0;
  Slot* slots_ = nullptr;
  std::size_t used_ = 0;
  alignas(std::max_align_t) std::array<std::byte, 1024> inline_bytes_;
  std::unique_ptr<Block> blocks_;
};

template <typename T, typename... Args>
T& Context::emplace(Args&&... args) {
  static_assert(alignof(T) <= alignof(std::max_align_t), "over-aligned types do not fit a slot");
  void* memory = allocate(sizeof(SlotOf<T>), alignof(SlotOf<T>));
  Slot base{slots_, &kTag<T>,
            [](Slot* slot) noexcept { static_cast<SlotOf<T>*>(slot)->~SlotOf(); }};
  auto* slot = ::new (memory) SlotOf<T>(base, std::forward<Args>(args)...);
  slots_ = slot;
  return slot->value;
}

template <typename T>
T* Context::find() noexcept {
  for (Slot* slot = slots_; slot != nullptr; slot = slot->next) {
    if (slot->tag == &kTag<T>) return &static_cast<SlotOf<T>*>(slot)->value;
  }
  return nullptr;
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
