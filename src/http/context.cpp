// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/context.hpp>

namespace aloft {
inline namespace v0 {
namespace http {

Context::~Context() {
  // Newest first, as locals would: a later slot may refer to an earlier one.
  while (slots_ != nullptr) {
    Slot* slot = slots_;
    slots_ = slot->next;
    slot->destroy(slot);
  }
}

std::string_view Context::param(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < param_count_; ++i) {
    if (params_[i].name == name) return params_[i].value;
  }
  return {};
}

bool Context::add_param(std::string_view name, std::string_view value) noexcept {
  if (param_count_ == kMaxPathParams) return false;
  params_[param_count_++] = {name, value};
  return true;
}

char* Context::allocate_bytes(std::size_t count) { return static_cast<char*>(allocate(count, 1)); }

void* Context::allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t start = (used_ + alignment - 1) / alignment * alignment;
  if (start <= inline_bytes_.size() && bytes <= inline_bytes_.size() - start) {
    used_ = start + bytes;
    return inline_bytes_.data() + start;
  }
  // One block each: who needs more than the first kilobyte pays an allocation. Memory from new[] is
  // aligned for every type a slot takes.
  auto block = std::make_unique<Block>();
  block->bytes = std::make_unique<std::byte[]>(bytes);
  block->next = std::move(blocks_);
  blocks_ = std::move(block);
  return blocks_->bytes.get();
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
