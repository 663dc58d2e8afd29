// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/repeated_keys.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

using Shape = LogFieldRecord::Shape;

struct Member {
  std::size_t object;  // where its object begins, from 1; 0: of the line
  std::string_view key;
  std::size_t begin;
  std::size_t end;
};

std::vector<Member> members_of(const std::vector<LogFieldRecord>& fields) {
  std::vector<Member> members;
  std::vector<std::size_t> open;  // members that are objects
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].shape == Shape::object_end) {
      if (open.empty()) continue;
      members[open.back()].end = i + 1;
      open.pop_back();
      continue;
    }
    const std::size_t object = open.empty() ? 0 : members[open.back()].begin + 1;
    members.push_back({object, fields[i].key, i, i + 1});
    if (fields[i].shape == Shape::object_begin) open.push_back(members.size() - 1);
  }
  return members;
}

}  // namespace

std::size_t drop_repeated(std::vector<LogFieldRecord>& fields) {
  std::vector<Member> members = members_of(fields);
  // Each before those that come later and have its key.
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.object, a.key, a.begin) < std::tie(b.object, b.key, b.begin);
  });
  std::vector<bool> is_dropped(fields.size());
  std::size_t dropped = 0;
  for (std::size_t i = 0; i + 1 < members.size(); ++i) {
    const Member& later = members[i + 1];
    if (members[i].object != later.object || members[i].key != later.key) continue;
    ++dropped;
    for (std::size_t at = members[i].begin; at < members[i].end; ++at) is_dropped[at] = true;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!is_dropped[i]) fields[kept++] = fields[i];
  }
  fields.resize(kept);
  return dropped;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
