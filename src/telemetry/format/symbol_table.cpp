// SPDX-License-Identifier: Apache-2.0
#include "telemetry/format/symbol_table.hpp"

#include <elf.h>
#include <link.h>
#include <algorithm>
#include <cstddef>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

/// The parts of PT_DYNAMIC that name symbols. Source: ELF gABI, chapter 5, "Dynamic Section".
struct Tables {
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  std::size_t names_bytes = 0;
  std::size_t count = 0;
};

/// How many symbols a DT_GNU_HASH table covers: the last of the longest chain, plus one. Source:
/// its four words are buckets, first symbol, bloom words, shift; then bloom, buckets, chains, whose
/// last entry is odd.
std::size_t count_gnu(const std::uint32_t* table) {
  const std::uint32_t buckets = table[0];
  const std::uint32_t first = table[1];
  const std::uint32_t* const bucket = table + 4 + table[2] * (sizeof(ElfW(Addr)) / 4);
  const std::uint32_t* const chains = bucket + buckets;
  std::uint32_t last = buckets != 0 ? *std::max_element(bucket, bucket + buckets) : 0;
  if (last < first) return first;
  while ((chains[last - first] & 1u) == 0) ++last;
  return std::size_t{last} + 1;
}

Tables tables_of(const ElfW(Dyn) * dynamic, ElfW(Addr) base) {
  Tables tables;
  // The C library has relocated these pointers, but not those of the kernel's own page (vdso).
  const auto at = [base](ElfW(Addr) pointer) { return pointer < base ? base + pointer : pointer; };
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const ElfW(Addr) pointer = at(dynamic->d_un.d_ptr);
    switch (dynamic->d_tag) {
      case DT_SYMTAB:
        tables.symbols = reinterpret_cast<const ElfW(Sym)*>(pointer);
        break;
      case DT_STRTAB:
        tables.names = reinterpret_cast<const char*>(pointer);
        break;
      case DT_STRSZ:
        tables.names_bytes = dynamic->d_un.d_val;
        break;
      case DT_GNU_HASH:
        tables.count = count_gnu(reinterpret_cast<const std::uint32_t*>(pointer));
        break;
      case DT_HASH:  // buckets, then chains: one for each symbol
        if (tables.count == 0) tables.count = reinterpret_cast<const std::uint32_t*>(pointer)[1];
        break;
      default:
        break;
    }
  }
  return tables;
}

void find_in(const Tables& tables, std::uintptr_t address, SymbolOfFile& found) {
  if (tables.symbols == nullptr || tables.names == nullptr) return;
  for (std::size_t i = 0; i < tables.count; ++i) {
    const ElfW(Sym)& symbol = tables.symbols[i];
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= tables.names_bytes) continue;
    if ((symbol.st_info & 0xf) == STT_TLS) continue;
    const std::uintptr_t start = found.base + symbol.st_value;
    const std::uintptr_t size = std::max<std::uintptr_t>(1, symbol.st_size);
    if (address < start || address - start >= size || start < found.start) continue;
    found.start = start;
    found.symbol = tables.names + symbol.st_name;
  }
}

struct Search {
  std::uintptr_t address;
  SymbolOfFile found;
};

int look_into(dl_phdr_info* file, std::size_t, void* data) {
  Search& search = *static_cast<Search*>(data);
  const ElfW(Dyn)* dynamic = nullptr;
  for (int i = 0; i < file->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = file->dlpi_phdr[i];
    const std::uintptr_t start = file->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
    if (part.p_type == PT_LOAD && search.address - start < part.p_memsz) search.found.found = true;
  }
  if (!search.found.found) return 0;
  search.found.file = file->dlpi_name;
  search.found.base = file->dlpi_addr;
  if (dynamic != nullptr) {
    find_in(tables_of(dynamic, file->dlpi_addr), search.address, search.found);
  }
  return 1;
}

}  // namespace

SymbolOfFile find_symbol(std::uintptr_t address) {
  Search search{address, {}};
  dl_iterate_phdr(look_into, &search);
  return std::move(search.found);
}

}  // namespace v0
}  // namespace aloft
