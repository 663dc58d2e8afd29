// SPDX-License-Identifier: Apache-2.0
#include "http/route_tree.hpp"

#include "http/percent.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace detail {

struct RouteTree::Node {
  std::string literal;  // of the segment that leads here
  std::vector<std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> parameter;
  std::array<std::unique_ptr<Route>, kMethods.size()> routes;
};

struct RouteTree::Search {
  Method method;
  RouteMatch match;
  std::size_t values = 0;
};

namespace {

std::size_t index_of(Method method) noexcept { return static_cast<std::size_t>(method); }

bool is_literal_byte(char c) noexcept {
  if (text::is_alnum(c)) return true;
  return std::string_view("-._~!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

bool is_parameter_name(std::string_view name) noexcept {
  return !name.empty() && !text::is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return text::is_alnum(c) || c == '_'; });
}

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool decodes_to(std::string_view encoded, std::string_view literal) noexcept {
  PercentReader reader(encoded);
  while (!reader.done()) {
    const char c = reader.next();
    if (literal.empty() || literal.front() != c) return false;
    literal.remove_prefix(1);
  }
  return literal.empty();
}

Unexpected bad_template(std::string_view path_template, std::string_view why) {
  return fail(ErrorCode::invalid_argument,
              "route \"" + std::string(path_template) + "\": " + std::string(why),
              "write it like \"/v1/charges/{id}\"");
}

/// The segments of a template; each is a literal or `{name}`.
Result<std::vector<std::string_view>> parse_template(std::string_view path_template) {
  if (path_template.empty() || path_template.front() != '/') {
    return bad_template(path_template, "it does not start with '/'");
  }
  std::vector<std::string_view> segments;
  std::vector<std::string_view> names;
  std::string_view rest = path_template;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment.empty() && !rest.empty()) return bad_template(path_template, "empty segment");
    if (is_parameter(segment)) {
      const std::string_view name = segment.substr(1, segment.size() - 2);
      if (!is_parameter_name(name)) return bad_template(path_template, "bad parameter name");
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        return bad_template(path_template, "two parameters have one name");
      }
      names.push_back(name);
    } else if (!std::all_of(segment.begin(), segment.end(), is_literal_byte)) {
      return bad_template(path_template, "a literal segment has a byte that needs encoding");
    } else if (segment == "." || segment == "..") {
      return bad_template(path_template, "dot segment");
    }
    segments.push_back(segment);
  }
  if (segments.size() > kMaxPathSegments) return bad_template(path_template, "over 32 segments");
  if (names.size() > kMaxPathParams) return bad_template(path_template, "over 8 parameters");
  return segments;
}

}  // namespace

std::string MethodSet::to_string() const {
  std::string list;
  for (const Method method : kMethods) {
    if (!has(method)) continue;
    if (!list.empty()) list += ", ";
    list += http::to_string(method);
  }
  return list;
}

RouteTree::RouteTree() : root_(std::make_unique<Node>()) {}
RouteTree::~RouteTree() = default;

Result<void> RouteTree::add(Method method, std::string_view path_template, Handler handler,
                            RouteOptions options) {
  Result<std::vector<std::string_view>> segments = parse_template(path_template);
  if (!segments) return unexpected(segments.error());
  if (!handler) return bad_template(path_template, "the handler is empty");

  auto route = std::make_unique<Route>();
  Node* node = root_.get();
  for (const std::string_view segment : *segments) {
    if (is_parameter(segment)) {
      route->names.emplace_back(segment.substr(1, segment.size() - 2));
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      continue;
    }
    const auto same = [&](const std::unique_ptr<Node>& child) { return child->literal == segment; };
    auto child = std::find_if(node->literals.begin(), node->literals.end(), same);
    if (child == node->literals.end()) {
      node->literals.push_back(std::make_unique<Node>());
      child = std::prev(node->literals.end());
      (*child)->literal = segment;
    }
    node = child->get();
  }
  if (node->routes[index_of(method)]) {
    return fail(ErrorCode::already_exists,
                "route " + std::string(http::to_string(method)) + " \"" +
                    std::string(path_template) + "\" is there already",
                "remove one of the two");
  }
  route->path_template = path_template;
  route->handler = std::move(handler);
  route->options = options;
  node->routes[index_of(method)] = std::move(route);
  all_methods_.insert(method);
  has_non_blocking_ = has_non_blocking_ || options.non_blocking;
  return {};
}

RouteMatch RouteTree::find(Method method, std::string_view path) const noexcept {
  Search search{method, {}};
  descend(*root_, search, path, 0);
  return search.match;
}

bool RouteTree::descend(const Node& node, Search& search, std::string_view rest,
                        std::size_t depth) noexcept {
  if (rest.empty()) {
    const Route* route = node.routes[index_of(search.method)].get();
    if (route == nullptr && search.method == Method::head) {
      route = node.routes[index_of(Method::get)].get();
    }
    if (route != nullptr) {
      search.match.route = route;
      return true;
    }
    for (const Method method : kMethods) {
      if (node.routes[index_of(method)]) search.match.allowed.insert(method);
    }
    return false;
  }
  if (depth == kMaxPathSegments) return false;
  rest.remove_prefix(1);
  const std::string_view segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(segment.size());
  for (const std::unique_ptr<Node>& child : node.literals) {
    if (decodes_to(segment, child->literal)) {
      if (descend(*child, search, rest, depth + 1)) return true;
      break;
    }
  }
  if (!node.parameter || segment.empty()) return false;
  // Templates have at most kMaxPathParams parameters, so there is always room.
  search.match.values[search.values++] = segment;
  if (descend(*node.parameter, search, rest, depth + 1)) return true;
  --search.values;
  return false;
}

}  // namespace detail
}  // namespace http
}  // namespace v0
}  // namespace aloft
