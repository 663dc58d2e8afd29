// SPDX-License-Identifier: Apache-2.0
#include "http_server/stream_channel.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {

StreamChannel::StreamChannel(std::shared_ptr<Counters> counters, bool chunked,
                             std::function<void()> wake)
    : counters_(std::move(counters)), chunked_(chunked), wake_(std::move(wake)) {}

bool StreamChannel::write(std::string chunk) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  if (chunk.empty()) return true;  // an empty chunk would end a chunked body
  if (unsent_.size() + in_flight_bytes_ + chunk.size() > http::kMaxUnsentStreamBytes) {
    counters_->add<&ServerStats::streams_overflowed>();
    close_locked();
    return false;
  }
  const bool was_empty = unsent_.empty();
  if (chunked_) {
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
    unsent_.append(size.data(), end).append("\r\n").append(chunk).append("\r\n");
  } else if (was_empty) {
    unsent_ = std::move(chunk);
  } else {
    unsent_.append(chunk);
  }
  if (was_empty && wake_) wake_();
  return true;
}

bool StreamChannel::open() const noexcept {
  const std::lock_guard lock(mutex_);
  return open_;
}

void StreamChannel::close() noexcept {
  const std::lock_guard lock(mutex_);
  if (open_) close_locked();
}

void StreamChannel::close_locked() noexcept {
  open_ = false;
  if (wake_) wake_();
}

StreamChannel::Taken StreamChannel::take() {
  const std::lock_guard lock(mutex_);
  Taken taken{std::move(unsent_), !open_};
  unsent_.clear();
  if (!open_ && !ended_) {
    ended_ = true;
    if (chunked_) taken.bytes += "0\r\n\r\n";
  }
  in_flight_bytes_ += taken.bytes.size();
  return taken;
}

void StreamChannel::sent(std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  in_flight_bytes_ -= bytes;
}

void StreamChannel::detach() noexcept {
  std::function<void()> wake;
  const std::lock_guard lock(mutex_);
  open_ = false;
  wake.swap(wake_);
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
