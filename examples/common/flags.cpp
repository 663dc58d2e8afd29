// SPDX-License-Identifier: Apache-2.0
#include "common/flags.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace example {
namespace {

using aloft::ErrorCode;
using aloft::fail;
using aloft::Result;
using aloft::unexpected;

aloft::Unexpected wrong(std::string message, std::string remedy = {}) {
  return fail(ErrorCode::invalid_argument, std::move(message), std::move(remedy));
}

std::string how_to_write(const Flag& flag) {
  std::string remedy = "write it like ";
  remedy.append(flag.name).append(" ").append(flag.example);
  return remedy;
}

}  // namespace

Result<CommandLine> read_flags(const Arguments& arguments, std::initializer_list<Flag> flags) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") return CommandLine::help;
    const auto* flag = std::find_if(flags.begin(), flags.end(),
                                    [&](const Flag& known) { return known.name == arguments[i]; });
    if (flag == flags.end()) {
      return wrong("argument " + std::to_string(i + 1) + " is not a flag of this program",
                   "try --help");
    }
    if (++i == arguments.size()) {
      return wrong(std::string(flag->name) + " lacks its value", how_to_write(*flag));
    }
    if (const Result<void> taken = flag->take(arguments[i]); !taken) {
      return wrong(std::string(flag->name) + " " + taken.error().message, how_to_write(*flag));
    }
  }
  return CommandLine::run;
}

Flag address_flag(std::string_view name, Address& address) {
  return {name, "127.0.0.1:8080", [&address](std::string_view value) -> Result<void> {
            Result<Address> parsed = Address::parse(value);
            if (!parsed) return unexpected(parsed.error());
            address = *std::move(parsed);
            return {};
          }};
}

Flag url_flag(std::string_view name, std::optional<Address>& address) {
  return {name, "http://127.0.0.1:8080", [&address](std::string_view value) -> Result<void> {
            Result<Address> parsed = Address::of_url(value);
            if (!parsed) return unexpected(parsed.error());
            address = *std::move(parsed);
            return {};
          }};
}

Flag count_flag(std::string_view name, std::uint64_t most, std::uint64_t& count) {
  return {name, "100", [most, &count](std::string_view value) -> Result<void> {
            const std::optional<std::uint64_t> number = aloft::text::parse_decimal(value);
            if (!number || *number < 1 || *number > most) {
              return wrong("is not from 1 to " + std::to_string(most));
            }
            count = *number;
            return {};
          }};
}

Flag fraction_flag(std::string_view name, double& fraction) {
  return {name, "0.25", [&fraction](std::string_view value) -> Result<void> {
            double number = -1;
            const char* end = value.data() + value.size();
            const auto [stop, failure] =
                std::from_chars(value.data(), end, number, std::chars_format::fixed);
            // Said so that a NaN is refused too.
            const bool inside = number >= 0 && number <= 1;
            if (failure != std::errc() || stop != end || !inside) {
              return wrong("is not a fraction from 0 to 1");
            }
            fraction = number;
            return {};
          }};
}

Flag text_flag(std::string_view name, std::string_view example, std::string& text) {
  return {name, example, [&text](std::string_view value) -> Result<void> {
            if (value.empty()) return wrong("is empty");
            text = value;
            return {};
          }};
}

}  // namespace example
