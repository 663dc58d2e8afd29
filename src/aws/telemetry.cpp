// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/telemetry.hpp>

#include "core/fork_epoch.hpp"

#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/central_sampler.hpp>
#include <aloft/aws/clock_skew.hpp>
#include <aloft/aws/cloudwatch_logs_wire.hpp>
#include <aloft/aws/endpoints.hpp>
#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/aws/signing.hpp>
#include <aloft/aws/xray_wire.hpp>
#include <aloft/http_client/otlp_exporter.hpp>
#include <aloft/telemetry/delivery/log_exporter.hpp>
#include <aloft/telemetry/delivery/log_options.hpp>
#include <aloft/telemetry/delivery/trace_exporter.hpp>
#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampling_choice.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using OptionalExporter = Result<std::unique_ptr<Exporter>>;
using http_client::ClientRequest;
using http_client::ClientResponse;
using http_client::OtlpOptions;

/// How long signing may hold the engine's thread up for the first credentials; later ones are at
/// hand. When it is too short the batch is sent again, and they have come meanwhile.
constexpr Nanoseconds kFirstCredentials = std::chrono::milliseconds(200);

Result<std::shared_ptr<CachedCredentials>> make_credentials(const Settings& settings,
                                                            const CredentialsChainOptions& options,
                                                            Platform platform) {
  auto chain = credentials_chain(settings, options, platform);
  if (!chain) return unexpected(chain.error());
  Result<CachedCredentials> cached = CachedCredentials::create(*std::move(chain), {}, platform);
  if (!cached) return unexpected(cached.error());
  return std::make_shared<CachedCredentials>(*std::move(cached));
}

/// Signs the requests of the OTLP wire. `sign` is called on the engine's thread, `refused` on the
/// client's, and takes no lock: this is used in a fork's child as well.
class OtlpSigner {
 public:
  using MakeCredentials = std::function<Result<std::shared_ptr<CachedCredentials>>()>;

  OtlpSigner(Signer signer, MakeCredentials make, Platform platform)
      : signer_(std::move(signer)), make_(std::move(make)), platform_(platform) {}

  Result<void> sign(ClientRequest& request) {
    if (Result<void> ok = open(); !ok) return ok;
    if (refused_.exchange(false)) who_->refuse(used_);
    Result<SharedCredentials> got = who_->get(Deadline::after(platform_.clock, kFirstCredentials));
    if (!got) return unexpected(got.error());
    used_ = *std::move(got);
    return signer_.sign(request, *used_, skew_.correct(platform_.clock.now().wall));
  }
  void refused(const ClientResponse& answer) noexcept {
    const bool learnt =
        skew_.learn(answer.headers.get("date").value_or(""), platform_.clock.now().wall);
    if (!learnt) refused_ = true;
  }

 private:
  Result<void> open() {
    if (who_ != nullptr && opened_in_ == detail::fork_epoch()) return {};
    Result<std::shared_ptr<CachedCredentials>> who = make_();
    if (!who) return unexpected(who.error());
    who_ = *std::move(who);
    used_.reset();
    opened_in_ = detail::fork_epoch();
    return {};
  }

  const Signer signer_;
  const MakeCredentials make_;
  const Platform platform_;
  ClockSkew skew_;
  std::atomic<bool> refused_{false};
  std::shared_ptr<CachedCredentials> who_;
  SharedCredentials used_;
  std::uint32_t opened_in_ = 0;
};

class Setup {
 public:
  Setup(TelemetryOptions& options, AwsTelemetryOptions& more, const Environment& environment,
        Platform platform)
      : options_(options), more_(more), environment_(environment), platform_(platform) {}

  Result<void> ship() {
    Result<void> loaded;
    const Result<TracesChoice> choice = choose_traces_wire(environment_, [&] {
      loaded = load_settings();
      return loaded ? place().origin : std::string();
    });
    if (!choice) return unexpected(choice.error());
    if (!loaded) return loaded;
    wire_ = choice->wire;
    if (choice->wire == TracesWire::none) {
      options_.traces = false;
      return {};
    }
    keep_on_disk(more_.delivery);
    // What X-Ray's own interface shows of the place costs a start nothing on other wires.
    // Neither do AWS's files: broken ones stop only who needs them.
    const bool aws = choice->wire == TracesWire::xray || choice->wire == TracesWire::xray_otlp;
    if (aws) {
      if (loaded = load_settings(); !loaded) return loaded;
      if (loaded = find_region(); !loaded) return loaded;
    }
    if (aws || detected_) describe_place();
    OptionalExporter exporter = make(choice->wire);
    if (!exporter) return unexpected(exporter.error());
    options_.exporter = *std::move(exporter);
    platform_.diagnostics.announce("traces", "sent by " + std::string(to_string(choice->wire)) +
                                                 ", because " + choice->because +
                                                 "; ALOFT_TRACES_EXPORTER chooses another");
    return {};
  }

  /// Where lines go.
  Result<void> log() {
    const Result<LogsWire> choice = choose_logs_wire(environment_);
    if (!choice) return unexpected(choice.error());
    if (*choice == LogsWire::none) {
      options_.logs = nullptr;
      return {};
    }
    if (*choice != LogsWire::cloudwatch) return options_.logs->choose(environment_, platform_);
    Result<CloudWatchLogsOptions> to =
        with_log_environment(std::move(more_.logs), environment_, options_.service_name);
    if (!to) return unexpected(to.error());
    if (Result<void> loaded = load_settings(); !loaded) return loaded;
    if (Result<void> found = find_region(); !found) return found;
    delivery::EngineOptions& engine = more_.log_delivery;
    keep_on_disk(engine);
    if (engine.log && engine.log->purpose.empty()) engine.log->purpose = "logs" + to->group;
    const std::string group = to->group;
    auto wire = cloudwatch_logs_wire(*std::move(to), make_client(Service::logs), platform_);
    if (!wire) return unexpected(wire.error());
    auto exporter = delivery::LogExporter::create(
        engine, *std::move(wire),
        delivery::log_line_encoder(delivery::kDefaultLogRecordBytes, platform_.random), platform_);
    if (!exporter) return unexpected(exporter.error());
    options_.logs->use(*std::move(exporter));
    platform_.diagnostics.announce("logs", "sent to CloudWatch Logs, group " + group +
                                               ", because ALOFT_LOGS_EXPORTER says so");
    return {};
  }

  /// After `ship`, whose settings it shares.
  Result<void> sample() {
    const Result<SamplingChoice> choice = choose_sampling(environment_);
    if (!choice) return unexpected(choice.error());
    if (choice->kind == SamplingChoice::Kind::rate) options_.sampling_rate = choice->rate;
    const bool central = choice->kind == SamplingChoice::Kind::central;
    if (!central && choice->kind != SamplingChoice::Kind::rules) return {};
    Result<std::vector<SamplingRule>> rules = std::vector<SamplingRule>{built_in_rule()};
    if (!choice->rules_file.empty()) rules = load_sampling_manifest(choice->rules_file);
    if (!rules) {
      return fail(rules.error().code, "ALOFT_SAMPLING_RULES: " + rules.error().message,
                  rules.error().remedy);
    }
    if (central) return sample_centrally(*std::move(rules));
    auto sampler = RuleSampler::create(*std::move(rules), platform_.clock);
    if (!sampler) return unexpected(sampler.error());
    options_.sampler = parent_based(*std::move(sampler));
    return {};
  }

 private:
  void keep_on_disk(delivery::EngineOptions& engine) {
    const auto folder = environment_.get("ALOFT_KEEP_ON_DISK");
    if (!folder) return;
    if (!engine.log) engine.log.emplace();
    engine.log->directory = *folder;
  }

  Result<void> sample_centrally(std::vector<SamplingRule> local) {
    if (options_.pipeline.threading == Threading::manual) {
      return fail(ErrorCode::invalid_argument, "central sampling needs a thread of its own",
                  "use ALOFT_SAMPLING=rules where nothing may run in the background");
    }
    const bool is_signed = wire_ == TracesWire::xray || wire_ == TracesWire::xray_otlp;
    auto sampler = CentralSampler::create(
        {.local_rules = std::move(local), .service_name = options_.service_name},
        is_signed ? ask_xray() : ask_daemon(), platform_);
    if (!sampler) return unexpected(sampler.error());
    options_.sampler = parent_based(*std::move(sampler));
    return {};
  }

  CentralSampler::MakeTransport ask_xray() {
    return [make = make_client(Service::xray)]() -> Result<std::unique_ptr<SamplingTransport>> {
      Result<AwsClient> client = make();
      if (!client) return unexpected(client.error());
      return signed_sampling_transport(*std::move(client));
    };
  }
  CentralSampler::MakeTransport ask_daemon() {
    return [address = options_.daemon_address, platform = platform_] {
      return daemon_sampling_transport(address, platform);
    };
  }

  /// What it needs is copied: a fork's child makes its own, long after this has gone.
  std::function<Result<AwsClient>()> make_client(Service service) {
    return [service, settings = *settings_, options = more_.credentials,
            platform = platform_]() -> Result<AwsClient> {
      auto who = make_credentials(settings, options, platform);
      if (!who) return unexpected(who.error());
      return AwsClient::create({.service = service}, settings, *std::move(who), platform);
    };
  }

  Result<void> load_settings(SettingsOptions options = {}) {
    if (settings_ && options.region.empty()) return {};
    Result<Settings> settings = Settings::load(environment_, std::move(options));
    if (!settings) return unexpected(settings.error());
    settings_.emplace(*std::move(settings));
    return {};
  }

  /// Where nothing says the region, it is the one that we run in.
  Result<void> find_region() {
    if (!settings_->region().empty()) return {};
    const std::string_view here = place().find("cloud.region");
    return here.empty() ? Result<void>() : load_settings({.region = std::string(here)});
  }

  const Detected& place() {
    if (!detected_) detected_ = detect(*settings_, more_.detect, platform_);
    return *detected_;
  }

  void describe_place() {
    const Detected& here = place();
    if (options_.origin.empty()) options_.origin = here.origin;
    if (options_.resource_attributes.empty()) options_.resource_attributes = here.attributes;
  }

  OptionalExporter make(TracesWire wire) {
    switch (wire) {
      case TracesWire::xray:
        return xray();
      case TracesWire::otlp:
        return otlp();
      case TracesWire::xray_otlp:
        return xray_otlp();
      case TracesWire::standard_output:
        return stdout_exporter();
      case TracesWire::xray_daemon:
        if (!environment_.flag("ALOFT_XRAY_OFFLOAD", false)) break;
        return xray_offload_exporter({.address = options_.daemon_address}, platform_);
      case TracesWire::none:
        break;  // `Telemetry` makes that of the daemon itself
    }
    return std::unique_ptr<Exporter>();
  }

  OptionalExporter xray() {
    Result<std::unique_ptr<delivery::Wire>> wire = xray_wire(make_client(Service::xray));
    if (!wire) return unexpected(wire.error());
    delivery::EngineOptions& engine = more_.delivery;
    if (engine.log && engine.log->purpose.empty()) engine.log->purpose = "xray";
    auto exporter = delivery::TraceExporter::create(engine, *std::move(wire),
                                                    delivery::xray_encoder(), platform_);
    if (!exporter) return unexpected(exporter.error());
    return std::unique_ptr<Exporter>(*std::move(exporter));
  }

  OptionalExporter otlp() {
    Result<OtlpOptions> wire = OtlpOptions::from_environment(environment_);
    if (!wire) return unexpected(wire.error());
    return http_client::otlp_exporter(*std::move(wire), resource(), more_.delivery, platform_);
  }

  OptionalExporter xray_otlp() {
    Result<Endpoint> endpoint = resolve_endpoint(Service::xray, *settings_);
    if (!endpoint) return unexpected(endpoint.error());
    Result<Signer> signer = Signer::create(
        {.region = endpoint->region, .service = std::string(signing_name(Service::xray))});
    if (!signer) return unexpected(signer.error());
    const auto signs = std::make_shared<OtlpSigner>(
        *std::move(signer),
        [settings = *settings_, options = more_.credentials, platform = platform_] {
          return make_credentials(settings, options, platform);
        },
        platform_);
    OtlpOptions wire{.url = endpoint->url + "/v1/traces",
                     .ca_file = settings_->expand_home(
                         settings_->find("AWS_CA_BUNDLE", "ca_bundle").value_or("")),
                     .limits = http_client::aws_otlp_limits()};
    wire.decorate = [signs](ClientRequest& request) { return signs->sign(request); };
    wire.refused = [signs](const ClientResponse& answer) { signs->refused(answer); };
    return http_client::otlp_exporter(std::move(wire), resource(), more_.delivery, platform_);
  }

  Resource resource() const {
    return {options_.service_name, options_.service_version, options_.origin,
            options_.resource_attributes};
  }

  TelemetryOptions& options_;
  AwsTelemetryOptions& more_;
  const Environment& environment_;
  Platform platform_;
  TracesWire wire_ = TracesWire::xray_daemon;
  std::optional<Settings> settings_;
  std::optional<Detected> detected_;
};

}  // namespace

Result<Telemetry> telemetry_from_environment(TelemetryOptions options, AwsTelemetryOptions more,
                                             const Environment& environment, Platform platform) {
  options = with_environment(std::move(options), environment);
  // Switched off, nothing else is judged; what the caller set in code is the choice.
  const bool traces = options.enabled && options.traces;
  if (traces) {
    if (Result<void> ok = check_environment(environment); !ok) return unexpected(ok.error());
  }
  Setup setup(options, more, environment, platform);
  if (traces && !options.exporter) {
    if (Result<void> ready = setup.ship(); !ready) return unexpected(ready.error());
  }
  if (traces && options.traces && !options.sampler) {
    if (Result<void> ready = setup.sample(); !ready) return unexpected(ready.error());
  }
  if (options.enabled && options.logs && options.logs->takes_exporter()) {
    if (Result<void> ready = setup.log(); !ready) return unexpected(ready.error());
  }
  return Telemetry::create(std::move(options), platform);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
