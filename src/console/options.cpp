// SPDX-License-Identifier: Apache-2.0
#include "console/options.hpp"

#include <aloft/core/text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace aloft::console {
namespace {

// Ours: a name of DNS is at most 253 characters; a token of 16 characters cannot be guessed when
// they are random, one of 128 fits any header.
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxAllowedHosts = 64;
constexpr std::size_t kMinTokenBytes = 16;
constexpr std::size_t kMaxTokenBytes = 128;
// Source: PutRetentionPolicy, the longest of its list, CloudWatch Logs, read 2026-11.
constexpr std::uint64_t kMaxRetentionDays = 3653;

constexpr std::string_view kHelp =
    R"(aloft-console: receives X-Ray and OTLP traces on this machine and shows them in a browser.

usage: aloft-console [options]

  --http ADDR:PORT     where the page is served          [127.0.0.1:8000]
  --xray ADDR:PORT     where traces arrive, UDP and TCP  [127.0.0.1:2000]
  --otlp ADDR:PORT     where OTLP/HTTP arrives, beside the page's port, e.g. 127.0.0.1:4318
  --memory             keep all in memory only           [the default]
  --db FILE            keep traces in this SQLite file, and logs in FILE.logs
  --max-bytes N        limit of the store, e.g. 64M, 2G  [256M]; the oldest traces go first
  --logs-max-bytes N   the same for logs, beside it      [256M]; the oldest events go first
  --logs-retention DAYS
                       how long logs stay in groups without a retention of their own, 1 to 3653
  --sampling-rules FILE
                       sampling rules for SDKs, as `aws xray get-sampling-rules` prints them
  --allow-host NAME    another name the page may be reached by; may be repeated
  --token TOKEN        what readers must know, 16 to 128 of A-Z a-z 0-9 . _ ~ -; off loopback
                       a random one is made and printed when none is given
  --help, --version

Port 0 means any free port; the ready line tells which. Stops on SIGTERM and SIGINT.
)";

std::optional<std::string> canonical_address(std::string_view text) {
  if (text::equals_ignoring_case(text, "localhost")) return "127.0.0.1";
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  const int family = text.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  if (inet_pton(family, address.c_str(), bytes.data()) != 1) return std::nullopt;
  if (inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr) return std::nullopt;
  return std::string(out.data());
}

// "64M" as bytes.
std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty() && text::is_alpha(text.back())) {
    switch (text::to_lower(text.back())) {
      case 'k':
        unit = std::uint64_t{1} << 10U;
        break;
      case 'm':
        unit = std::uint64_t{1} << 20U;
        break;
      case 'g':
        unit = std::uint64_t{1} << 30U;
        break;
      default:
        return std::nullopt;
    }
    text.remove_suffix(1);
  }
  const auto count = text::parse_decimal(text);
  if (!count ||
      *count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit) {
    return std::nullopt;
  }
  return *count * unit;
}

bool is_host(std::string_view host) noexcept {
  return !host.empty() && host.size() <= kMaxHostBytes &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return text::is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_token(std::string_view token) noexcept {
  return token.size() >= kMinTokenBytes && token.size() <= kMaxTokenBytes &&
         std::all_of(token.begin(), token.end(), [](char c) {
           return text::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~';
         });
}

Unexpected wrong(std::string_view option, std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, std::string(option) + " " + std::string(what),
              std::string(remedy));
}

Result<void> set_endpoint(std::string_view option, std::string_view value, Endpoint& endpoint) {
  auto parsed = Endpoint::parse(value);
  if (!parsed) return wrong(option, parsed.error().message, parsed.error().remedy);
  endpoint = std::move(*parsed);
  return {};
}

Result<void> set_bytes(std::string_view option, std::string_view value, std::uint64_t& bytes) {
  const auto parsed = parse_bytes(value);
  if (!parsed) return wrong(option, "is not a size", "give bytes, or a number with K, M or G");
  bytes = *parsed;
  return {};
}

Result<void> allow_host(std::string_view value, AppOptions& options) {
  if (!is_host(value)) {
    return wrong("--allow-host", "is not a host name", "give a name without scheme and port");
  }
  if (options.allowed_hosts.size() >= kMaxAllowedHosts) {
    return wrong("--allow-host", "is given too often", "64 names are allowed");
  }
  std::string host(value);
  std::transform(host.begin(), host.end(), host.begin(), text::to_lower);
  options.allowed_hosts.push_back(std::move(host));
  return {};
}

Result<void> apply(std::string_view option, std::string_view value, AppOptions& options) {
  if (option == "--http") return set_endpoint(option, value, options.http);
  if (option == "--xray") return set_endpoint(option, value, options.xray);
  if (option == "--otlp") return set_endpoint(option, value, options.otlp.emplace());
  if (option == "--allow-host") return allow_host(value, options);
  if (option == "--db") {
    if (value.empty()) return wrong(option, "is empty", "name a file");
    if (value.front() == ':') return wrong(option, "names no file", "give --memory instead");
    options.db = value;
    return {};
  }
  if (option == "--max-bytes") return set_bytes(option, value, options.max_bytes);
  if (option == "--logs-max-bytes") return set_bytes(option, value, options.logs_max_bytes);
  if (option == "--logs-retention") {
    const auto days = text::parse_decimal(value);
    if (!days || *days == 0 || *days > kMaxRetentionDays) {
      return wrong(option, "is not 1 to 3653", "give a number of days");
    }
    options.logs_retention_days = static_cast<std::int64_t>(*days);
    return {};
  }
  if (option == "--sampling-rules") {
    if (value.empty()) return wrong(option, "is empty", "name a file of JSON");
    options.sampling_rules = value;
    return {};
  }
  if (!is_token(value)) {
    return wrong(option, "is too short, too long or has other characters",
                 "use 16 to 128 of A-Z a-z 0-9 . _ ~ -");
  }
  options.token = value;
  return {};
}

constexpr std::array<std::string_view, 10> kWithValue = {
    "--http",           "--xray",           "--otlp",           "--db",
    "--max-bytes",      "--logs-max-bytes", "--logs-retention", "--allow-host",
    "--sampling-rules", "--token"};

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view remedy = "give ADDRESS:PORT, e.g. 127.0.0.1:8000 or [::1]:8000";
  if (colon == std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "has no port", std::string(remedy));
  }
  const auto port = text::parse_decimal(text.substr(colon + 1));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
    return fail(ErrorCode::invalid_argument, "has no port from 0 to 65535", std::string(remedy));
  }
  std::string_view address = text.substr(0, colon);
  const bool brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (brackets) address = address.substr(1, address.size() - 2);
  auto canonical = canonical_address(address);
  if (!canonical || brackets != (canonical->find(':') != std::string::npos)) {
    return fail(ErrorCode::invalid_argument, "has no literal IP address", std::string(remedy));
  }
  return Endpoint{std::move(*canonical), static_cast<std::uint16_t>(*port)};
}

std::string Endpoint::host() const {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::string Endpoint::text() const { return host() + ":" + std::to_string(port); }

bool Endpoint::is_loopback() const noexcept {
  return address == "::1" || address.compare(0, 4, "127.") == 0;
}

bool Endpoint::is_wildcard() const noexcept { return address == "0.0.0.0" || address == "::"; }

Result<Command> parse_command(std::span<const std::string_view> arguments) {
  AppOptions options;
  bool memory = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view option = arguments[i];
    if (option == "--help" || option == "-h") return Command(ShowHelp{});
    if (option == "--version") return Command(ShowVersion{});
    if (option == "--memory") {
      memory = true;
      continue;
    }
    const std::size_t equals = option.find('=');
    std::optional<std::string_view> value;
    if (equals != std::string_view::npos) {
      value = option.substr(equals + 1);
      option = option.substr(0, equals);
    }
    if (std::find(kWithValue.begin(), kWithValue.end(), option) == kWithValue.end()) {
      return fail(ErrorCode::invalid_argument,
                  "argument " + std::to_string(i + 1) + " is no option of aloft-console",
                  "aloft-console --help lists them");
    }
    if (!value && i + 1 < arguments.size()) value = arguments[++i];
    if (!value) return wrong(option, "needs a value", "aloft-console --help shows them");
    if (auto done = apply(option, *value, options); !done) return unexpected(done.error());
  }
  if (memory && !options.db.empty()) {
    return fail(ErrorCode::invalid_argument, "--memory and --db exclude each other",
                "give one of them");
  }
  return Command(std::move(options));
}

std::string_view help_text() noexcept { return kHelp; }

}  // namespace aloft::console
