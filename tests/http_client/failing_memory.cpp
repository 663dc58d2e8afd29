// SPDX-License-Identifier: Apache-2.0
#include "http_client/failing_memory.hpp"

#include <cstdlib>
#include <new>

namespace aloft::failing_memory {

thread_local Countdown* countdown_of_this_thread = nullptr;

namespace {

bool fails_now() noexcept {
  Countdown* const countdown = countdown_of_this_thread;
  return countdown != nullptr && countdown->load() > 0 && countdown->fetch_sub(1) == 1;
}

}  // namespace
}  // namespace aloft::failing_memory

void* operator new(std::size_t size) {
  if (aloft::failing_memory::fails_now()) throw std::bad_alloc();
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
