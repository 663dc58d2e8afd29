// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery_log/memory_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace aloft::delivery::fixture {
namespace {

constexpr std::size_t kSectorBytes = 512;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    if (slash > at) parts.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

void walk(const Node& directory, const std::string& prefix, std::vector<std::string>& out) {
  for (const auto& [name, node] : directory.names) {
    const std::string path = std::string(prefix).append("/").append(name);
    node->is_directory ? walk(*node, path, out) : out.push_back(path);
  }
}

/// What a power cut leaves of one file: what was synced, a part of the rest, and zeros where a
/// sector was not written yet.
void cut(Node& file, std::mt19937_64& random) {
  if (file.bytes != file.safe) {
    const std::size_t base = std::min(file.safe.size(), file.bytes.size());
    std::size_t length = file.bytes.size();
    if (length > base) length = base + random() % (length - base + 1);
    std::string left = file.bytes.substr(0, length);
    if (file.bytes.size() < file.safe.size() && random() % 2 == 0) left = file.safe;
    std::memcpy(left.data(), file.safe.data(), std::min(base, left.size()));
    for (std::size_t at = base; at < left.size(); at += kSectorBytes) {
      if (random() % 4 != 0) continue;
      const std::size_t end = std::min(at + kSectorBytes, left.size());
      std::fill(left.begin() + static_cast<std::ptrdiff_t>(at),
                left.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    }
    file.bytes = left;
  }
  for (const auto& [from, to] : file.lost) {
    for (std::size_t at = from; at < std::min(to, file.bytes.size()); ++at) file.bytes[at] = '\0';
  }
  file.safe = file.bytes;
  file.lost.clear();
  file.locked_by = -1;
}

/// What is written again is written to the disk by the next sync, whatever the last one lost.
void make_dirty(Node& file, std::size_t begin, std::size_t end) {
  std::vector<std::pair<std::size_t, std::size_t>> rest;
  for (const auto& [from, to] : file.lost) {
    if (from < std::min(to, begin)) rest.emplace_back(from, std::min(to, begin));
    if (std::max(from, end) < to) rest.emplace_back(std::max(from, end), to);
  }
  file.lost = std::move(rest);
}

}  // namespace

MemoryDisk::MemoryDisk() : root_(std::make_shared<Node>()) { root_->is_directory = true; }

NodePtr MemoryDisk::find(const std::string& path) const {
  NodePtr at = root_;
  for (const std::string& part : parts_of(path)) {
    const auto found = at->names.find(part);
    if (found == at->names.end()) return nullptr;
    at = found->second;
  }
  return at;
}

NodePtr MemoryDisk::make(const std::string& path, bool is_directory) {
  const std::size_t slash = path.rfind('/');
  auto node = std::make_shared<Node>();
  node->is_directory = is_directory;
  node->inode = next_inode_++;
  change(find(path.substr(0, slash)), path.substr(slash + 1), node, false);
  journal_safe_ = journal_.size();
  return node;
}

std::vector<std::string> MemoryDisk::files(const std::string& path) const {
  std::vector<std::string> out;
  if (const NodePtr node = find(path)) walk(*node, path, out);
  return out;
}

void MemoryDisk::remove_all(const std::string& path) {
  const NodePtr node = find(path);
  for (const auto& [name, below] : std::map(node->names)) {
    remove_all(std::string(path).append("/").append(name));
  }
  const std::size_t slash = path.rfind('/');
  change(find(path.substr(0, slash)), path.substr(slash + 1), nullptr, false);
}

std::uint64_t MemoryDisk::used() const {
  std::uint64_t sum = 0;
  for (const std::string& path : files()) sum += find(path)->bytes.size();
  return sum;
}

void MemoryDisk::put(Node& directory, const std::string& name, const NodePtr& node) {
  const auto there = directory.names.find(name);
  if (there != directory.names.end()) {
    --there->second->links;
    directory.names.erase(there);
  }
  if (node != nullptr) directory.names[name] = node;
}

void MemoryDisk::change(const NodePtr& directory, const std::string& name, NodePtr after,
                        bool joined) {
  const auto there = directory->names.find(name);
  const NodePtr before = there == directory->names.end() ? nullptr : there->second;
  put(*directory, name, after);
  journal_.push_back({directory, name, before, std::move(after), joined});
}

void MemoryDisk::sync_names(const NodePtr& directory) {
  for (std::size_t i = journal_.size(); i > journal_safe_; --i) {
    if (journal_[i - 1].directory != directory) continue;
    journal_safe_ = i;
    while (journal_safe_ < journal_.size() && journal_[journal_safe_].joined) ++journal_safe_;
    return;
  }
}

void MemoryDisk::power_cut(std::mt19937_64& random) {
  std::size_t keep = journal_safe_ + random() % (journal_.size() - journal_safe_ + 1);
  while (keep < journal_.size() && journal_[keep].joined) ++keep;
  for (std::size_t i = journal_.size(); i > keep; --i) {
    const Change& undone = journal_[i - 1];
    put(*undone.directory, undone.name, undone.before);
    if (undone.before != nullptr) undone.before->links = 1;
  }
  journal_.clear();
  journal_safe_ = 0;
  for (const std::string& path : files()) {
    const NodePtr file = find(path);
    file->links = 1;
    cut(*file, random);
  }
}

void MemoryFiles::die() noexcept {
  is_dead_ = true;
  for (const auto& [descriptor, open] : open_) {
    if (open.node->locked_by == descriptor) open.node->locked_by = -1;
  }
  open_.clear();
}

void MemoryFiles::steal(const NodePtr& node) {
  for (auto& [descriptor, open] : open_) {
    if (open.node->locked_by == descriptor) open.node->locked_by = -1;
    open = {node, "stolen"};
  }
}

int MemoryFiles::enter(Call call, const std::string& name, bool changes) {
  if (is_dead_) return -EIO;
  if (interrupts && (call == Call::read || call == Call::write || call == Call::sync)) {
    was_interrupted_ = !was_interrupted_;
    if (was_interrupted_) return -EINTR;
  }
  if (changes && lives_for != UINT64_MAX) {
    if (lives_for == 0) {
      die();
      return -EIO;
    }
    --lives_for;
  }
  return fault ? fault(call, name) : 0;
}

NodePtr MemoryFiles::node(int descriptor) const {
  const auto found = open_.find(descriptor);
  return found == open_.end() ? nullptr : found->second.node;
}

std::string MemoryFiles::name_of(int descriptor) const {
  const auto found = open_.find(descriptor);
  return found == open_.end() ? "" : found->second.name;
}

NodePtr MemoryFiles::directory(int parent, std::string& name) const {
  if (parent != kNoDirectory) return node(parent);
  const std::size_t slash = name.rfind('/');
  const NodePtr found = disk_.find(name.substr(0, slash));
  name = name.substr(slash + 1);
  return found;
}

int MemoryFiles::open_node(const NodePtr& node, const std::string& name) {
  const int descriptor = disk_.next_descriptor_++;
  open_[descriptor] = {node, name};
  return descriptor;
}

int MemoryFiles::open_directory(int parent, const std::string& path) noexcept {
  if (const int error = enter(Call::open, path, false); error != 0) return error;
  if (parent == kNoDirectory && disk_.find(path) == disk_.root_) return open_node(disk_.root_, "/");
  std::string name = path.ends_with("/.") ? path.substr(0, path.size() - 2) : path;
  const NodePtr above = directory(parent, name);
  if (above == nullptr) return -ENOENT;
  const auto found = above->names.find(name);
  if (found == above->names.end()) return -ENOENT;
  if (found->second->is_link) return -ELOOP;
  return found->second->is_directory ? open_node(found->second, name) : -ENOTDIR;
}

int MemoryFiles::make_directory(int parent, const std::string& path) noexcept {
  if (const int error = enter(Call::make, path, true); error != 0) return error;
  std::string name = path;
  const NodePtr above = directory(parent, name);
  if (above == nullptr || above->links == 0) return -ENOENT;
  if (above->names.count(name) != 0) return -EEXIST;
  auto node = std::make_shared<Node>();
  node->is_directory = true;
  node->inode = disk_.next_inode_++;
  disk_.change(above, name, node, false);
  return 0;
}

int MemoryFiles::open_file(int parent, const std::string& path, Access access) noexcept {
  const bool must_be_new = access == Access::create || access == Access::append_new;
  const bool makes = must_be_new || access == Access::lock;
  if (const int error = enter(Call::open, path, makes); error != 0) return error;
  std::string name = path;
  const NodePtr above = directory(parent, name);
  if (above == nullptr) return -ENOENT;
  const auto found = above->names.find(name);
  if (found != above->names.end()) {
    if (must_be_new) return -EEXIST;
    if (found->second->is_link) return -ELOOP;
    return open_node(found->second, name);
  }
  if (!makes || above->links == 0) return -ENOENT;
  auto node = std::make_shared<Node>();
  node->inode = disk_.next_inode_++;
  disk_.change(above, name, node, false);
  return open_node(node, name);
}

void MemoryFiles::close(int descriptor) noexcept {
  const NodePtr closed = node(descriptor);
  if (closed == nullptr) return;
  if (closed->locked_by == descriptor) closed->locked_by = -1;
  open_.erase(descriptor);
}

std::int64_t MemoryFiles::read(int descriptor, std::uint64_t at, char* to,
                               std::size_t bytes) noexcept {
  if (const int error = enter(Call::read, name_of(descriptor), false); error != 0) return error;
  const NodePtr file = node(descriptor);
  if (file == nullptr) return -EBADF;
  if (at >= file->bytes.size()) return 0;
  const std::size_t got = std::min(bytes, file->bytes.size() - static_cast<std::size_t>(at));
  std::memcpy(to, file->bytes.data() + at, got);
  return static_cast<std::int64_t>(got);
}

std::int64_t MemoryFiles::write(int descriptor, std::uint64_t at, std::string_view bytes) noexcept {
  const bool is_last = lives_for == 0;
  if (const int error = is_last ? 0 : enter(Call::write, name_of(descriptor), true); error != 0) {
    return error;
  }
  const NodePtr file = node(descriptor);
  if (file == nullptr) return -EBADF;
  if (is_last) bytes = bytes.substr(0, static_cast<std::size_t>(torn_bytes) % (bytes.size() + 1));
  if (short_write != 0) bytes = bytes.substr(0, short_write);
  const auto begin = static_cast<std::size_t>(at);
  if (begin + bytes.size() > file->bytes.size()) {
    const std::uint64_t used = disk_.used();
    const std::uint64_t more = begin + bytes.size() - file->bytes.size();
    if (used + more > disk_.space) {
      const std::uint64_t room = disk_.space > used ? disk_.space - used : 0;
      const std::uint64_t keep = bytes.size() - more + room;
      if (room == 0 || keep == 0) return -ENOSPC;
      bytes = bytes.substr(0, static_cast<std::size_t>(keep));
    }
    file->bytes.resize(std::max(file->bytes.size(), begin + bytes.size()), '\0');
  }
  std::memcpy(file->bytes.data() + begin, bytes.data(), bytes.size());
  make_dirty(*file, begin, begin + bytes.size());
  if (is_last) {
    die();
    return -EIO;
  }
  return static_cast<std::int64_t>(bytes.size());
}

int MemoryFiles::truncate(int descriptor, std::uint64_t bytes) noexcept {
  if (const int error = enter(Call::truncate, name_of(descriptor), true); error != 0) return error;
  const NodePtr file = node(descriptor);
  if (file == nullptr) return -EBADF;
  file->bytes.resize(static_cast<std::size_t>(bytes), '\0');
  return 0;
}

int MemoryFiles::sync(int descriptor) noexcept {
  const int error = enter(Call::sync, name_of(descriptor), true);
  const NodePtr synced = node(descriptor);
  if (error == -EIO && synced != nullptr) {
    const std::size_t from = std::min(synced->safe.size(), synced->bytes.size());
    synced->lost.emplace_back(from, synced->bytes.size());
  }
  if (error != 0) return error;
  if (synced == nullptr) return -EBADF;
  if (synced->is_directory) {
    disk_.sync_names(synced);
    return 0;
  }
  synced->safe = synced->bytes;
  for (const auto& [from, to] : synced->lost) {
    for (std::size_t at = from; at < std::min(to, synced->safe.size()); ++at) {
      synced->safe[at] = '\0';
    }
  }
  return 0;
}

int MemoryFiles::set_mode(int descriptor, unsigned mode) noexcept {
  const NodePtr found = node(descriptor);
  if (is_dead_ || found == nullptr) return -EBADF;
  found->mode = mode;
  return 0;
}

int MemoryFiles::status(int descriptor, FileStatus& status) noexcept {
  const NodePtr found = node(descriptor);
  if (is_dead_ || found == nullptr) return -EBADF;
  status.kind = found->is_directory ? FileStatus::Kind::directory : FileStatus::Kind::file;
  status.ours = found->ours;
  status.others_may_write = found->others_may_write;
  status.bytes = found->bytes.size();
  status.inode = found->inode;
  status.links = found->links;
  status.modified_ns = found->modified_ns;
  return 0;
}

int MemoryFiles::list(int descriptor, std::string_view prefix, std::size_t limit,
                      std::vector<std::string>& names) noexcept {
  if (const int error = enter(Call::list, name_of(descriptor), false); error != 0) return error;
  const NodePtr found = node(descriptor);
  if (found == nullptr) return -EBADF;
  for (const auto& [name, child] : found->names) {
    if (names.size() < limit && name.starts_with(prefix)) names.push_back(name);
  }
  return 0;
}

int MemoryFiles::rename(int from_directory, const std::string& from, int to_directory,
                        const std::string& to) noexcept {
  if (const int error = enter(Call::rename, from, true); error != 0) return error;
  const NodePtr above = node(from_directory);
  const NodePtr below = node(to_directory);
  if (above == nullptr || below == nullptr) return -EBADF;
  const auto found = above->names.find(from);
  if (found == above->names.end()) return -ENOENT;
  const NodePtr moved = found->second;
  disk_.change(below, to, moved, false);
  disk_.change(above, from, nullptr, true);
  moved->links = 1;
  return 0;
}

int MemoryFiles::remove(int descriptor, const std::string& name, bool is_directory) noexcept {
  if (const int error = enter(Call::remove, name, true); error != 0) return error;
  const NodePtr above = node(descriptor);
  if (above == nullptr) return -EBADF;
  const auto found = above->names.find(name);
  if (found == above->names.end()) return -ENOENT;
  if (found->second->is_directory != is_directory) return -EISDIR;
  if (is_directory && !found->second->names.empty()) return -ENOTEMPTY;
  disk_.change(above, name, nullptr, false);
  return 0;
}

int MemoryFiles::lock(int descriptor) noexcept {
  const NodePtr found = node(descriptor);
  if (is_dead_ || found == nullptr) return -EBADF;
  if (found->locked_by >= 0 && found->locked_by != descriptor) return -EWOULDBLOCK;
  found->locked_by = descriptor;
  return 0;
}

}  // namespace aloft::delivery::fixture
