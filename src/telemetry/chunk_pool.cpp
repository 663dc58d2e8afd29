// SPDX-License-Identifier: Apache-2.0
#include "telemetry/chunk_pool_members.hpp"

namespace aloft {
inline namespace v0 {
namespace detail {

template class MemoryPool<kChunkBytes>;
template class MemoryPool<kExtrasBytes>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
