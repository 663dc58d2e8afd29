// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/credentials.hpp>

namespace aloft {
inline namespace v0 {
namespace aws {

std::string describe(const Credentials& credentials) {
  const std::string& id = credentials.access_key_id;
  // A short id would be shown whole.
  const std::string end = id.size() > 8 ? id.substr(id.size() - 4) : std::string();
  return "key ..." + end + " of " + credentials.source;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
