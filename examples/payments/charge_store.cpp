// SPDX-License-Identifier: Apache-2.0
#include "payments/charge_store.hpp"

#include <algorithm>
#include <utility>

namespace payments {

ChargeStore::ChargeStore(const std::vector<aloft::TenantId>& tenants, ChargeStoreOptions options)
    : options_(options), tenants_(tenants), shelves_(tenants.size()) {}

bool ChargeStore::add(const aloft::TenantId& tenant, Charge charge) {
  Shelf* shelf = shelf_of(tenant);
  if (shelf == nullptr) return false;

  const std::lock_guard lock(shelf->mutex);
  if (shelf->charges.size() >= options_.charges_per_tenant) {
    shelf->positions.erase(shelf->charges.front().id);
    shelf->charges.pop_front();
    ++shelf->oldest;
    forgotten_.fetch_add(1, std::memory_order_relaxed);
  }
  const Charge& kept = shelf->charges.emplace_back(std::move(charge));
  shelf->positions.emplace(kept.id, shelf->oldest + shelf->charges.size() - 1);
  return true;
}

std::optional<Charge> ChargeStore::find(const aloft::TenantId& tenant, std::string_view id) const {
  const Shelf* shelf = shelf_of(tenant);
  if (shelf == nullptr) return std::nullopt;

  const std::lock_guard lock(shelf->mutex);
  const auto found = shelf->positions.find(id);
  if (found == shelf->positions.end()) return std::nullopt;
  return shelf->charges[found->second - shelf->oldest];
}

Page ChargeStore::list(const aloft::TenantId& tenant, example::PageRequest page) const {
  const Shelf* shelf = shelf_of(tenant);
  if (shelf == nullptr) return {};

  Page answer;
  const std::lock_guard lock(shelf->mutex);
  const std::uint64_t end = shelf->oldest + shelf->charges.size();
  std::uint64_t position = std::clamp(page.before.value_or(end), shelf->oldest, end);
  while (position > shelf->oldest && answer.charges.size() < page.limit) {
    --position;
    answer.charges.push_back(shelf->charges[position - shelf->oldest]);
  }
  if (position > shelf->oldest) answer.next = position;
  return answer;
}

ChargeStore::Shelf* ChargeStore::shelf_of(const aloft::TenantId& tenant) noexcept {
  return const_cast<Shelf*>(std::as_const(*this).shelf_of(tenant));
}

const ChargeStore::Shelf* ChargeStore::shelf_of(const aloft::TenantId& tenant) const noexcept {
  const auto found = std::find(tenants_.begin(), tenants_.end(), tenant);
  if (found == tenants_.end()) return nullptr;
  return &shelves_[static_cast<std::size_t>(found - tenants_.begin())];
}

}  // namespace payments
