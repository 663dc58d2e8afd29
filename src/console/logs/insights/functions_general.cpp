// SPDX-License-Identifier: Apache-2.0
// Functions of anything, and of addresses; and how functions are found.
#include "console/logs/insights/functions.hpp"

#include <aloft/core/text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace aloft::console::logs::insights {
namespace {

Value is_present(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(!arguments[0].is_null());
}

Value coalesce(const CallContext&, std::span<const Value> arguments) {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [](const Value& value) { return !value.is_null(); });
  return found == arguments.end() ? Value() : *found;
}

Value choose(const CallContext&, std::span<const Value> arguments) {
  return arguments[0].holds() ? arguments[1] : arguments[2];
}

// case(condition, value, condition, value, …, [otherwise])
Value choose_case(const CallContext&, std::span<const Value> arguments) {
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i].holds()) return arguments[i + 1];
  }
  return arguments.size() % 2 == 1 ? arguments.back() : Value();
}

Value is_numeric(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(arguments[0].number().has_value());
}

Value message_size(const CallContext&, std::span<const Value> arguments) {
  if (arguments[0].is_null()) return {};
  std::string room;
  return Value::of(static_cast<std::int64_t>(arguments[0].view(room).size()));
}

struct Address {
  int family = AF_UNSPEC;
  std::array<unsigned char, 16> bytes{};

  std::size_t bits() const noexcept { return family == AF_INET ? 32 : 128; }
};

std::optional<Address> parse_address(std::string_view text) {
  if (text.empty() || text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  Address address;
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, terminated.c_str(), address.bytes.data()) != 1) continue;
    address.family = family;
    return address;
  }
  return std::nullopt;
}

std::optional<Address> address_of(const Value& value) {
  std::string room;
  return parse_address(value.view(room));
}

Value is_valid_ip(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(address_of(arguments[0]).has_value());
}
Value is_valid_ip_v4(const CallContext&, std::span<const Value> arguments) {
  const auto address = address_of(arguments[0]);
  return Value::truth(address && address->family == AF_INET);
}
Value is_valid_ip_v6(const CallContext&, std::span<const Value> arguments) {
  const auto address = address_of(arguments[0]);
  return Value::truth(address && address->family == AF_INET6);
}

// "192.0.2.0/24", of `family` or of any.
bool in_subnet(std::span<const Value> arguments, int family) {
  std::string room;
  const std::string_view subnet = arguments[1].view(room);
  const std::size_t slash = subnet.find('/');
  if (slash == std::string_view::npos) return false;
  const auto address = address_of(arguments[0]);
  const auto net = parse_address(subnet.substr(0, slash));
  const auto bits = text::parse_decimal(subnet.substr(slash + 1));
  if (!address || !net || !bits || address->family != net->family || *bits > net->bits()) {
    return false;
  }
  if (family != AF_UNSPEC && family != net->family) return false;
  for (std::size_t bit = 0; bit < *bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((address->bytes[bit / 8] ^ net->bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}
Value is_ip_in_subnet(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(in_subnet(arguments, AF_UNSPEC));
}
Value is_ip_v4_in_subnet(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(in_subnet(arguments, AF_INET));
}
Value is_ip_v6_in_subnet(const CallContext&, std::span<const Value> arguments) {
  return Value::truth(in_subnet(arguments, AF_INET6));
}

constexpr std::array<Function, 12> kFunctions = {{
    {"ispresent", 1, 1, false, is_present},
    {"coalesce", 1, kMaxCallArguments, false, coalesce},
    {"if", 3, 3, false, choose},
    {"case", 2, 21, false, choose_case},
    {"isNumeric", 1, 1, false, is_numeric},
    {"messageSize", 1, 1, false, message_size},
    {"isValidIp", 1, 1, false, is_valid_ip},
    {"isValidIpV4", 1, 1, false, is_valid_ip_v4},
    {"isValidIpV6", 1, 1, false, is_valid_ip_v6},
    {"isIpInSubnet", 2, 2, false, is_ip_in_subnet},
    {"isIpv4InSubnet", 2, 2, false, is_ip_v4_in_subnet},
    {"isIpv6InSubnet", 2, 2, false, is_ip_v6_in_subnet},
}};

}  // namespace

std::span<const Function> general_functions() noexcept { return kFunctions; }

const Function* find_function(std::string_view name) noexcept {
  for (const auto functions : {number_functions(), text_functions(), general_functions()}) {
    for (const Function& one : functions) {
      if (text::equals_ignoring_case(one.name, name)) return &one;
    }
  }
  return nullptr;
}

}  // namespace aloft::console::logs::insights
