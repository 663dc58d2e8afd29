// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/glob.hpp"

#include <cstring>

namespace aloft::console::logs::pattern {

bool Glob::matches(std::string_view text) const noexcept {
  const std::string& first = parts_.front();
  if (parts_.size() == 1) return text == first;
  const std::string& last = parts_.back();
  if (text.size() < first.size() + last.size()) return false;
  if (text.substr(0, first.size()) != first) return false;
  if (text.substr(text.size() - last.size()) != last) return false;
  std::string_view inner = text.substr(first.size(), text.size() - first.size() - last.size());
  // Each part as early as it can stand: what follows then has the most room.
  for (std::size_t i = 1; i + 1 < parts_.size(); ++i) {
    const std::string& part = parts_[i];
    if (part.empty()) continue;
    if (inner.size() < part.size()) return false;
    const void* const found = memmem(inner.data(), inner.size(), part.data(), part.size());
    if (found == nullptr) return false;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - inner.data());
    inner.remove_prefix(at + part.size());
  }
  return true;
}

}  // namespace aloft::console::logs::pattern
