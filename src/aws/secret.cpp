// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/secret.hpp>

#include <strings.h>

#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {

void wipe(void* bytes, std::size_t size) noexcept {
  if (size > 0) explicit_bzero(bytes, size);
}

Secret::Secret(std::string_view text) : size_(text.size()) {
  if (size_ == 0) return;
  bytes_ = std::make_unique<char[]>(size_);
  std::memcpy(bytes_.get(), text.data(), size_);
}

Secret Secret::taken_from(std::string& text) {
  Secret secret(text);
  wipe(text.data(), text.size());
  text.clear();
  return secret;
}

Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    clear();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Secret::clear() noexcept {
  wipe(bytes_.get(), size_);
  bytes_.reset();
  size_ = 0;
}

bool Secret::same_as(const Secret& other) const noexcept {
  if (size_ != other.size_) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    difference |= static_cast<unsigned char>(bytes_[i]) ^
                  static_cast<unsigned>(static_cast<unsigned char>(other.bytes_[i]));
  }
  return difference == 0;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
