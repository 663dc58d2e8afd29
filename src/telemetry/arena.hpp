// SPDX-License-Identifier: Apache-2.0
// Memory for one batch of records: taken piece by piece, given back all at once, kept for the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class Arena {
 public:
  void clear() noexcept {
    page_ = 0;
    used_ = 0;
  }
  /// A copy of `items` that lives until `clear`.
  template <typename T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));
    if (items.empty()) return {};
    void* memory = take(items.size_bytes());
    std::memcpy(memory, static_cast<const void*>(items.data()), items.size_bytes());
    return {static_cast<const T*>(memory), items.size()};
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    void* memory = take(text.size());
    std::memcpy(memory, text.data(), text.size());
    return {static_cast<const char*>(memory), text.size()};
  }
  /// One item to fill in, of a type that needs no destructor.
  template <typename T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    return new (take(sizeof(T))) T{};
  }
  /// Room for some, to fill in.
  template <typename T>
  T* make_room(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    return static_cast<T*>(take(count * sizeof(T)));
  }
  char* take_chars(std::size_t count) { return static_cast<char*>(take(count)); }

 private:
  static constexpr std::size_t kPageBytes = 16'384;
  struct Page {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  void* take(std::size_t bytes) {
    bytes = (bytes + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
    if (page_ == pages_.size() || pages_[page_].size - used_ < bytes) [[unlikely]]
      turn_page(bytes);
    void* memory = pages_[page_].bytes.get() + used_;
    used_ += bytes;
    return memory;
  }

  /// To the next one with room. Apart, so that each copy does not carry it (300 bytes).
  [[gnu::noinline]] void turn_page(std::size_t bytes) {
    while (page_ < pages_.size() && pages_[page_].size - used_ < bytes) {
      ++page_;
      used_ = 0;
    }
    if (page_ < pages_.size()) return;
    const std::size_t size = std::max(kPageBytes, bytes);
    pages_.push_back({std::make_unique<std::byte[]>(size), size});
  }

  std::vector<Page> pages_;
  std::size_t page_ = 0;
  std::size_t used_ = 0;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
