// SPDX-License-Identifier: Apache-2.0
#include "console/app.hpp"

#include "console/broadcaster.hpp"
#include "console/console_api.hpp"
#include "console/gate.hpp"
#include "console/intake.hpp"
#include "console/logs/line_streams.hpp"
#include "console/logs/log_store.hpp"
#include "console/logs/operations.hpp"
#include "console/logs/query_operations.hpp"
#include "console/map/map_json.hpp"
#include "console/page.hpp"
#include "console/store.hpp"
#include "console/xray_api.hpp"

#include <aloft/core/version.hpp>
#include <aloft/http_server/server.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using http_server::Server;
using http_server::ServerOptions;

// The page and a few tools: their requests are short.
constexpr std::size_t kConsoleWorkers = 4;
// Two searches of logs, a second each, leave two for what arrives.
constexpr std::size_t kXrayWorkers = 4;
// OTLP's; a request of the page's API has no body.
constexpr std::size_t kBodyLimitBytes = otlp::kMaxBodyBytes;
// Where strangers may connect, bodies are read before anybody is asked for a token.
constexpr std::size_t kPageBodyLimitBytes = std::size_t{64} << 10U;
// Pages with their events, and senders; each may make us keep such a body.
constexpr std::size_t kConsoleConnections = 256;
constexpr std::size_t kOtlpWorkers = 2;
constexpr std::size_t kOtlpConnections = 64;
// SDKs and the daemon hold one each; together they can make us keep this many such bodies.
constexpr std::size_t kXrayConnections = 128;
// Half of the five seconds in which the program promises to be gone.
constexpr auto kDrainTimeout = std::chrono::milliseconds(2500);
// With port 0 the kernel picks a TCP port; the same UDP port may be taken by chance.
constexpr int kPortAttempts = 16;

struct XrayPorts {
  Server tcp;
  UdpSocket udp;
};

// A taken port says which option moves it.
Error with_option(Error error, std::string_view option) {
  error.message = std::string(option) + ": " + error.message;
  return error;
}

Result<XrayPorts> bind_xray(const XrayOptions& options, Platform platform) {
  const Endpoint& endpoint = options.gate.bound;
  const bool any_port = endpoint.port == 0;
  for (int attempt = 1;; ++attempt) {
    auto tcp = Server::create(ServerOptions{.address = endpoint.address,
                                            .port = endpoint.port,
                                            .workers = kXrayWorkers,
                                            .connection_limit = kXrayConnections,
                                            .body_limit_bytes = kXrayBodyLimitBytes},
                              make_xray_handler(platform.clock, options), platform);
    if (!tcp) return unexpected(with_option(tcp.error(), "--xray"));
    auto udp = UdpSocket::bind({endpoint.address, tcp->port()});
    if (udp) return XrayPorts{std::move(*tcp), std::move(*udp)};
    const bool taken = udp.error().code == ErrorCode::already_exists;
    if (!any_port || !taken || attempt == kPortAttempts) {
      return unexpected(with_option(udp.error(), "--xray"));
    }
  }
}

}  // namespace

struct App::Parts {
  AppOptions options;
  Platform platform;
  AppFacts facts;
  std::string web_token;  // empty: the page asks for none
  std::unique_ptr<Store> store;
  std::unique_ptr<logs::LogStore> logs;
  std::optional<logs::LineStreams> lines;
  std::optional<logs::QueryRunner> queries;
  logs::OperationTable log_operations;
  Page page{embedded_files()};
  std::optional<ServiceMap> map;
  std::optional<Sampling> sampling;
  xray::TraceFolder folder;
  std::optional<Broadcaster> broadcaster;
  std::optional<Intake> intake;
  std::optional<otlp::OtlpIntake> otlp_intake;
  std::optional<Server> xray;
  std::optional<Server> http;
  std::optional<Server> otlp;
  bool stopped = false;

  std::string status() const {
    return status_json(facts, platform.clock.now().wall,
                       {intake->status(), otlp_intake->status(), store->status(), logs->status()});
  }
  std::string overview() const {
    return overview_json(*map, kDefaultMapMinutes, platform.clock.now().wall);
  }
  // By the broadcaster's thread only.
  std::optional<xray::TraceFold> fold(const TraceId& id) {
    const auto detail = store->find(id);
    if (!detail || !*detail) return std::nullopt;
    return folder.fold(**detail, xray::FoldDepth::spans);
  }
  Result<void> open();
  Result<void> open_logs();
  Result<void> make_token();
  Result<void> read_sampling_rules();
  Result<void> open_http();
  Result<void> open_otlp();
  bool all_loopback() const noexcept {
    return options.http.is_loopback() && options.xray.is_loopback() &&
           (!options.otlp || options.otlp->is_loopback());
  }
};

App::App(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

App::~App() { stop(); }

Result<std::unique_ptr<App>> App::create(AppOptions options, Platform platform) {
  std::unique_ptr<Parts> parts(new Parts{std::move(options), platform, {}});
  if (auto done = parts->open(); !done) return unexpected(done.error());
  return std::unique_ptr<App>(new App(std::move(parts)));
}

Result<void> App::Parts::open() {
  facts.version = kVersion;
  facts.started = platform.clock.now().wall;
  facts.store_kind = options.db.empty() ? "memory" : "file";
  facts.max_bytes = options.max_bytes;
  facts.logs_max_bytes = options.logs_max_bytes;

  if (auto done = make_token(); !done) return done;
  if (auto done = read_sampling_rules(); !done) return done;
  auto xray_ports = bind_xray({[this] {
                                 return xray::OperationParts{*store, *intake, *map, platform.clock};
                               },
                               [this]() -> const logs::OperationTable& { return log_operations; },
                               {options.xray, options.allowed_hosts,
                                options.xray.is_loopback() ? std::string() : options.token},
                               *sampling},
                              platform);
  if (!xray_ports) return unexpected(xray_ports.error());
  xray.emplace(std::move(xray_ports->tcp));
  facts.xray = {options.xray.address, xray->port()};

  auto opened = Store::create({options.db, options.max_bytes}, platform.clock);
  if (!opened) return unexpected(opened.error());
  store = std::move(*opened);
  if (auto done = open_logs(); !done) return done;

  map.emplace(platform.clock);
  broadcaster.emplace(platform.clock,
                      EventSources{[this] { return status(); }, [this] { return overview(); },
                                   [this](const TraceId& id) { return fold(id); }});
  intake.emplace(
      std::move(xray_ports->udp), IntakeParts{*store, *map, platform.clock},
      [this](std::vector<TraceChange> changes) { broadcaster->publish(std::move(changes)); });
  otlp_intake.emplace(*intake);
  if (auto done = open_http(); !done) return done;
  return open_otlp();
}

Result<void> App::Parts::open_logs() {
  logs::LogStoreOptions wanted;
  // Beside the traces, in a file of their own: neither waits for the other.
  if (!options.db.empty()) wanted.path = options.db + ".logs";
  wanted.max_bytes = options.logs_max_bytes;
  wanted.retention_days = options.logs_retention_days;
  auto opened = logs::LogStore::create(wanted, platform.clock);
  if (!opened) return unexpected(opened.error());
  logs = std::move(*opened);
  logs::add_store_operations(log_operations, *logs, platform.clock);
  lines.emplace(*logs, platform.clock);
  queries.emplace(*logs, platform.clock);
  logs::add_query_operations(log_operations, {*logs, platform.clock, *queries});
  return {};
}

// Off loopback, on any port, readers must know a token.
Result<void> App::Parts::make_token() {
  web_token = options.token;
  if (all_loopback()) return {};
  if (options.token.empty()) options.token = random_token();
  if (options.token.empty()) {
    return fail(ErrorCode::unavailable, "the kernel gives no random bytes", "give a --token");
  }
  if (!options.http.is_loopback()) web_token = options.token;
  return {};
}

Result<void> App::Parts::read_sampling_rules() {
  SamplingRules rules;
  if (!options.sampling_rules.empty()) {
    auto loaded = SamplingRules::load(options.sampling_rules);
    if (!loaded) return unexpected(with_option(loaded.error(), "--sampling-rules"));
    rules = std::move(*loaded);
  }
  sampling.emplace(std::move(rules), facts.started);
  return {};
}

Result<void> App::Parts::open_http() {
  const ConsoleParts console{*store,
                             *intake,
                             *otlp_intake,
                             *map,
                             *broadcaster,
                             page,
                             platform.clock,
                             [this] { return status(); },
                             {*logs, *lines, platform.clock}};
  auto server = Server::create(
      ServerOptions{
          .address = options.http.address,
          .port = options.http.port,
          .workers = kConsoleWorkers,
          .connection_limit = kConsoleConnections,
          .body_limit_bytes = options.http.is_loopback() ? kBodyLimitBytes : kPageBodyLimitBytes},
      make_console_router(console, {options.http, options.allowed_hosts, web_token}), platform);
  if (!server) return unexpected(with_option(server.error(), "--http"));
  http.emplace(std::move(*server));
  facts.http = {options.http.address, http->port()};
  return {};
}

Result<void> App::Parts::open_otlp() {
  if (!options.otlp) return {};
  const std::string token = options.otlp->is_loopback() ? std::string() : options.token;
  auto server = Server::create(
      ServerOptions{.address = options.otlp->address,
                    .port = options.otlp->port,
                    .workers = kOtlpWorkers,
                    .connection_limit = kOtlpConnections,
                    .body_limit_bytes = kBodyLimitBytes},
      make_otlp_router(*otlp_intake, {*options.otlp, options.allowed_hosts, token}), platform);
  if (!server) return unexpected(with_option(server.error(), "--otlp"));
  otlp.emplace(std::move(*server));
  facts.otlp = Endpoint{options.otlp->address, otlp->port()};
  return {};
}

Result<void> App::start() {
  parts_->broadcaster->start();
  parts_->lines->start();
  parts_->intake->start();
  if (auto done = parts_->xray->start(); !done) return done;
  if (parts_->otlp) {
    if (auto done = parts_->otlp->start(); !done) return done;
  }
  return parts_->http->start();
}

void App::stop() {
  Parts& parts = *parts_;
  if (std::exchange(parts.stopped, true)) return;
  const Deadline deadline = Deadline::after(parts.platform.clock, kDrainTimeout);
  parts.intake->stop(deadline);
  parts.broadcaster->stop();
  parts.lines->stop();
  parts.queries->stop();
  const auto servers = {&parts.http, &parts.xray, &parts.otlp};
  for (auto* const server : servers) {
    if (*server) (*server)->drain(deadline);
  }
  for (auto* const server : servers) {
    if (*server) (*server)->stop();
  }
}

std::string App::ready_line() const {
  const Parts& parts = *parts_;
  Endpoint console = parts.facts.http;
  // Nobody can open 0.0.0.0: name an address that works.
  if (console.is_wildcard()) {
    const auto& hosts = parts.options.allowed_hosts;
    console.address = hosts.empty() ? "127.0.0.1" : hosts.front();
  }
  std::string line = "aloft-console ready: console http://" + console.text();
  if (!parts.web_token.empty()) line += "/?token=" + parts.web_token;
  line += " xray " + parts.facts.xray.text() + " (udp, tcp)";
  if (parts.facts.otlp) {
    line += " otlp " + parts.facts.otlp->text();
    if (!parts.options.otlp->is_loopback()) line += " bearer token " + parts.options.token;
  }
  const bool asks_for_key = !parts.options.xray.is_loopback();
  if (asks_for_key) line += " access key id " + parts.options.token;
  return line;
}

std::uint16_t App::http_port() const noexcept { return parts_->facts.http.port; }
std::uint16_t App::xray_port() const noexcept { return parts_->facts.xray.port; }
std::uint16_t App::otlp_port() const noexcept {
  return parts_->facts.otlp ? parts_->facts.otlp->port : std::uint16_t{0};
}

}  // namespace aloft::console
