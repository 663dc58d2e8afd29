// SPDX-License-Identifier: Apache-2.0
// The trie behind the router: one node a segment, literals before the parameter. Private to the
// room.
//
// A search visits each node at most once, so its cost is bounded by the routes, not by the path.
//
// Thread-safety: build first, then find from any thread.
#pragma once

#include <aloft/http/context.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/method.hpp>
#include <aloft/http/router.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {
namespace detail {

struct Route {
  std::string path_template;
  std::vector<std::string> names;  ///< of the parameters, in order
  Handler handler;
  RouteOptions options;
};

/// A set of methods.
class MethodSet {
 public:
  void insert(Method method) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | (1u << static_cast<unsigned>(method)));
  }
  bool has(Method method) const noexcept {
    return (bits_ >> static_cast<unsigned>(method) & 1u) != 0;
  }
  bool empty() const noexcept { return bits_ == 0; }
  /// For an `Allow` header, e.g. "GET, HEAD, OPTIONS".
  std::string to_string() const;

 private:
  std::uint8_t bits_ = 0;
};

struct RouteMatch {
  const Route* route = nullptr;  ///< null: no route for this path and method
  MethodSet allowed;             ///< when there is no route: what the path answers to
  std::array<std::string_view, kMaxPathParams> values;  ///< still encoded
};

class RouteTree {
 public:
  RouteTree();
  RouteTree(RouteTree&&) = delete;
  ~RouteTree();

  /// Errors as `Router::add`.
  Result<void> add(Method method, std::string_view path_template, Handler handler,
                   RouteOptions options);
  /// `path` must have passed `split_target`.
  RouteMatch find(Method method, std::string_view path) const noexcept;
  MethodSet all_methods() const noexcept { return all_methods_; }
  bool has_non_blocking() const noexcept { return has_non_blocking_; }

 private:
  struct Node;
  struct Search;
  static bool descend(const Node& node, Search& search, std::string_view rest,
                      std::size_t depth) noexcept;

  std::unique_ptr<Node> root_;
  MethodSet all_methods_;
  bool has_non_blocking_ = false;
};

}  // namespace detail
}  // namespace http
}  // namespace v0
}  // namespace aloft
