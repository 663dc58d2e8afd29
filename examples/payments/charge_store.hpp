// SPDX-License-Identifier: Apache-2.0
// The charges of each tenant, in memory, bounded: the oldest makes room for the newest.
//
// The tenants are fixed when the store is made, and each has a shelf with a lock of its own, so one
// tenant neither waits for another, nor pushes another's charges out, nor finds them.
//
//   ChargeStore store({acme, globex}, {.charges_per_tenant = 1000});
//   store.add(acme, charge);
//   store.find(globex, charge.id);   // nothing
//
// Thread-safety: all of it.
#pragma once

#include "common/page_request.hpp"
#include "payments/charge.hpp"

#include <aloft/core/identity.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace payments {

struct ChargeStoreOptions {
  /// Ours: some 2 MiB a tenant, and an hour of the demo's traffic.
  std::size_t charges_per_tenant = 10'000;
};

struct Page {
  std::vector<Charge> charges;        ///< newest first
  std::optional<std::uint64_t> next;  ///< `before` of the next page; nothing on the last
};

class ChargeStore {
 public:
  explicit ChargeStore(const std::vector<aloft::TenantId>& tenants,
                       ChargeStoreOptions options = {});

  /// False when the store was not made for `tenant`.
  bool add(const aloft::TenantId& tenant, Charge charge);
  std::optional<Charge> find(const aloft::TenantId& tenant, std::string_view id) const;
  Page list(const aloft::TenantId& tenant, example::PageRequest page) const;

  /// Charges that made room for newer ones.
  std::uint64_t forgotten() const noexcept { return forgotten_.load(std::memory_order_relaxed); }

 private:
  struct Shelf {
    mutable std::mutex mutex;
    std::deque<Charge> charges;  // oldest first
    std::uint64_t oldest = 0;    // position of charges.front(); positions are never reused
    // Views into `charges`, whose elements do not move when others come and go at its ends.
    std::unordered_map<std::string_view, std::uint64_t> positions;
  };

  Shelf* shelf_of(const aloft::TenantId& tenant) noexcept;
  const Shelf* shelf_of(const aloft::TenantId& tenant) const noexcept;

  ChargeStoreOptions options_;
  std::vector<aloft::TenantId> tenants_;
  std::vector<Shelf> shelves_;  // one for each of tenants_, never resized
  std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace payments
