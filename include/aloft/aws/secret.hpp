// SPDX-License-Identifier: Apache-2.0
// Text that must not be seen: it cannot be printed or compared by accident, and its memory is
// overwritten before it is given back.
//
//   Secret key("wJalr...");
//   hmac(key.reveal());          // the one way in; grep for it
//   std::cout << key;            // does not compile, and neither does to_string(key)
//
// Thread-safety: plain value.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Overwrites `size` bytes in a way that no optimiser leaves out.
void wipe(void* bytes, std::size_t size) noexcept;

class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view text);
  /// Takes the text over and wipes where it stood.
  static Secret taken_from(std::string& text);

  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { clear(); }

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// The text; what is copied from here is the caller's to wipe.
  std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }
  /// In time that depends on the lengths only.
  bool same_as(const Secret& other) const noexcept;
  void clear() noexcept;

  // A secret has no text for a log; these make the attempt a compile error that says why.
  template <typename Stream>
  friend Stream& operator<<(Stream& stream, const Secret& secret) = delete;
  friend std::string to_string(const Secret& secret) = delete;
  operator std::string_view() const = delete;

 private:
  // Not a std::string: its small buffer moves by copy and leaves the bytes behind.
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
