// SPDX-License-Identifier: Apache-2.0
#include "doctor/examination.hpp"

#include "doctor/aws_examination.hpp"
#include "doctor/daemon_probe.hpp"

#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/http_client/otlp_wire.hpp>
#include <aloft/telemetry/sampling_choice.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <optional>
#include <utility>

namespace aloft::doctor {
namespace {

using aws::TracesWire;
using http_client::Client;
using http_client::ClientResponse;

constexpr Nanoseconds kRefusalPatience = std::chrono::milliseconds(100);
constexpr std::string_view kDefaultDaemon = "127.0.0.1:2000";

class Examination {
 public:
  Examination(const ExaminationOptions& options, const Environment& environment, Platform platform)
      : options_(options), environment_(environment), platform_(platform) {}

  Report run() {
    if (!choose()) return std::move(report_);
    const bool aws = choice_.wire == TracesWire::xray || choice_.wire == TracesWire::xray_otlp;
    if (aws && (!load_settings() || !find_region())) return std::move(report_);
    look_at_disk();
    if (!look_at_sampling()) return std::move(report_);
    switch (choice_.wire) {
      case TracesWire::xray:
      case TracesWire::xray_otlp:
        examine_aws(options_, *settings_, choice_.wire, platform_, report_);
        break;
      case TracesWire::otlp:
        look_for_collector();
        break;
      case TracesWire::xray_daemon:
        look_for_daemon();
        break;
      case TracesWire::standard_output:
      case TracesWire::none:
        report_.note("wire", "nothing to reach");
        break;
    }
    return std::move(report_);
  }

 private:
  /// As `telemetry_from_environment`: only where something is asked of them.
  bool load_settings(aws::SettingsOptions options = {}) {
    if (settings_ && options.region.empty()) return true;
    Result<aws::Settings> settings = aws::Settings::load(environment_, std::move(options));
    if (!settings) {
      report_.bad(Verdict::bad_settings, "settings", settings.error().message,
                  settings.error().remedy);
      return false;
    }
    if (!settings_) report_.good("settings", "profile " + settings->profile());
    settings_.emplace(*std::move(settings));
    return true;
  }

  const aws::Detected& place() {
    if (!place_) place_ = aws::detect(*settings_, options_.detect, platform_);
    return *place_;
  }

  bool find_region() {
    if (!settings_->region().empty()) return true;
    const std::string region(place().find("cloud.region"));
    return region.empty() || load_settings({.region = region});
  }

  bool choose() {
    bool loaded = true;
    const auto ask = [&] {
      loaded = load_settings();
      return loaded ? place().origin : std::string();
    };
    Result<aws::TracesChoice> choice = aws::choose_traces_wire(environment_, ask);
    if (!loaded) return false;
    if (!choice) {
      report_.bad(Verdict::bad_settings, "wire", choice.error().message, choice.error().remedy);
      return false;
    }
    choice_ = *std::move(choice);
    if (!environment_.flag("ALOFT_ENABLED", true) ||
        !environment_.flag("AWS_XRAY_SDK_ENABLED", true)) {
      report_.note("wire", "switched off by ALOFT_ENABLED or AWS_XRAY_SDK_ENABLED");
    }
    report_.good("wire",
                 std::string(aws::to_string(choice_.wire)) + ", because " + choice_.because);
    if (place_) {
      for (const std::string& problem : place_->problems) report_.note("place", problem);
    }
    return true;
  }

  void look_at_disk() {
    const std::optional<std::string_view> folder = environment_.get("ALOFT_KEEP_ON_DISK");
    if (!folder) {
      report_.note("disk", "undelivered records are kept in memory only (ALOFT_KEEP_ON_DISK)");
      return;
    }
    const std::string path(*folder);
    struct stat status {};
    constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;
    const bool there = ::lstat(path.c_str(), &status) == 0;
    if (there && (!S_ISDIR(status.st_mode) || (status.st_mode & kOthersWrite) != 0 ||
                  status.st_uid != ::geteuid())) {
      report_.bad(Verdict::bad_folder, "disk",
                  "ALOFT_KEEP_ON_DISK is no folder, or not ours, or others may write to it",
                  "give it a folder of its own with mode 0700, owned by the service's user");
      return;
    }
    const std::string tested = there ? path : path.substr(0, path.rfind('/') + 1);
    if (::access(tested.empty() ? "." : tested.c_str(), W_OK | X_OK) != 0) {
      report_.bad(Verdict::bad_folder, "disk", "ALOFT_KEEP_ON_DISK cannot be written or made",
                  "create it with mode 0700 for the service's user, on a disk that is writable");
      return;
    }
    report_.good("disk", "undelivered records are kept in ALOFT_KEEP_ON_DISK");
  }

  /// What stops a start; which rule is chosen is asked of who has the rules.
  bool look_at_sampling() {
    const Result<SamplingChoice> choice = choose_sampling(environment_);
    if (!choice) {
      report_.bad(Verdict::bad_settings, "sampling", choice.error().message, choice.error().remedy);
      return false;
    }
    if (choice->rules_file.empty()) return true;
    const auto rules = aws::load_sampling_manifest(choice->rules_file);
    if (!rules) {
      report_.bad(Verdict::bad_settings, "sampling",
                  "ALOFT_SAMPLING_RULES: " + rules.error().message, rules.error().remedy);
      return false;
    }
    report_.good("sampling",
                 "ALOFT_SAMPLING_RULES has " + std::to_string(rules->size()) + " rules");
    return true;
  }

  void look_for_daemon() {
    const std::string address(environment_.get("AWS_XRAY_DAEMON_ADDRESS").value_or(kDefaultDaemon));
    const Result<Listener> listener = probe_udp(address, kRefusalPatience, platform_.clock);
    if (!listener) {
      const bool form = listener.error().code == ErrorCode::invalid_argument;
      report_.bad(form ? Verdict::bad_settings : Verdict::nobody_listens, "daemon",
                  listener.error().message, listener.error().remedy);
      return;
    }
    if (*listener == Listener::refused) {
      report_.bad(Verdict::nobody_listens, "daemon", "nobody listens at the daemon's address (UDP)",
                  "start aloft-console or the X-Ray daemon there, or set AWS_XRAY_DAEMON_ADDRESS");
      return;
    }
    report_.good("daemon", "the datagram was not refused; UDP acknowledges nothing");
    report_.note("region", "not needed by this wire: the daemon has its own credentials");
    report_sampling_of_daemon(options_, environment_, platform_, report_);
  }

  void look_for_collector() {
    Result<http_client::OtlpOptions> wire =
        http_client::OtlpOptions::from_environment(environment_);
    if (!wire) {
      report_.bad(Verdict::bad_settings, "collector", wire.error().message, wire.error().remedy);
      return;
    }
    Result<Client> client = Client::create({.ca_file = wire->ca_file}, platform_);
    if (!client) {
      report_.bad(Verdict::bad_settings, "collector", client.error().message,
                  client.error().remedy);
      return;
    }
    // No span: an empty ExportTraceServiceRequest has no bytes.
    http_client::ClientRequest request{.method = http::Method::post, .url = wire->url};
    request.headers.try_set("content-type", "application/x-protobuf");
    for (const auto& [name, value] : wire->headers) request.headers.try_set(name, value);
    const Result<ClientResponse> answer =
        client->send(request, Deadline::after(platform_.clock, options_.timeout));
    if (!answer) {
      report_.bad(Verdict::nobody_listens, "collector", answer.error().message,
                  "start the collector's OTLP receiver, or set OTEL_EXPORTER_OTLP_ENDPOINT");
    } else if (answer->status == 401 || answer->status == 403) {
      report_.bad(Verdict::credentials_refused, "collector",
                  "it answers " + std::to_string(answer->status),
                  "set OTEL_EXPORTER_OTLP_HEADERS to what it wants");
    } else if (!answer->ok()) {
      report_.bad(Verdict::service_trouble, "collector",
                  "it answers " + std::to_string(answer->status) + " to an empty request",
                  "check the path of the endpoint, and the collector's own log");
    } else {
      report_.good("collector", "takes OTLP");
    }
  }

  const ExaminationOptions& options_;
  const Environment& environment_;
  Platform platform_;
  aws::TracesChoice choice_;
  std::optional<aws::Settings> settings_;
  std::optional<aws::Detected> place_;
  Report report_;
};

}  // namespace

Report examine(const ExaminationOptions& options, const Environment& environment,
               Platform platform) {
  return Examination(options, environment, platform).run();
}

}  // namespace aloft::doctor
