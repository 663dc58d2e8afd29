// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/request.hpp>

namespace aloft {
inline namespace v0 {
namespace http {

Result<Request> Request::create(Method method, std::string target) {
  const Result<TargetParts> parts = split_target(target);
  if (!parts) return unexpected(parts.error());
  Result<Query> query = Query::parse(parts->query);
  if (!query) return unexpected(query.error());
  Request request;
  request.method = method;
  request.query = std::move(*query);
  request.target = std::move(target);
  return request;
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
