// SPDX-License-Identifier: Apache-2.0
// Hands on what an asynchronous library asks of a handler: on which executor it wants to run, from
// which allocator its operation takes memory, where it is cancelled. Asked by names that Boost.Asio
// and Asio document ("Associated executor" and its like), so that neither needs to be included.
//
// For `carry` only. Each question is a base of its own that exists where the work has an answer: a
// handler that has none must not seem to have one.
#pragma once

#include <type_traits>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {

template <typename Work>
class WorkHolder {
 public:
  explicit WorkHolder(Work&& work) : work_(std::move(work)) {}

 protected:
  Work work_;
};

template <typename Work, typename Base, typename = void>
struct ForwardExecutor : Base {
  using Base::Base;
};
template <typename Work, typename Base>
struct ForwardExecutor<Work, Base, std::void_t<typename Work::executor_type>> : Base {
  using Base::Base;
  using executor_type = typename Work::executor_type;
  executor_type get_executor() const noexcept { return this->work_.get_executor(); }
};

template <typename Work, typename Base, typename = void>
struct ForwardAllocator : Base {
  using Base::Base;
};
template <typename Work, typename Base>
struct ForwardAllocator<Work, Base, std::void_t<typename Work::allocator_type>> : Base {
  using Base::Base;
  using allocator_type = typename Work::allocator_type;
  allocator_type get_allocator() const noexcept { return this->work_.get_allocator(); }
};

template <typename Work, typename Base, typename = void>
struct ForwardCancellationSlot : Base {
  using Base::Base;
};
template <typename Work, typename Base>
struct ForwardCancellationSlot<Work, Base, std::void_t<typename Work::cancellation_slot_type>>
    : Base {
  using Base::Base;
  using cancellation_slot_type = typename Work::cancellation_slot_type;
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return this->work_.get_cancellation_slot();
  }
};

template <typename Work>
using Associations =
    ForwardCancellationSlot<Work, ForwardAllocator<Work, ForwardExecutor<Work, WorkHolder<Work>>>>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
