// SPDX-License-Identifier: Apache-2.0
// What a `Telemetry` knows of the logs that it is given; `logging` makes it, in the header that
// programs include that log: telemetry/logging.hpp.
//
// Thread-safety: used by one thread, while a `Telemetry` is made.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <memory>
#include <string_view>

namespace aloft {
inline namespace v0 {

class LogExporter;

namespace detail {
class Lane;
class Pipeline;
class Registry;
}  // namespace detail

/// What `TelemetryOptions::logs` takes.
class Logging {
 public:
  Logging() = default;
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
  virtual ~Logging() = default;

  /// False when an exporter was given in code, which then wins over the environment's.
  virtual bool takes_exporter() const noexcept = 0;
  /// Takes the exporter that ALOFT_LOGS_EXPORTER names, one of those that need no more than POSIX:
  /// `stdout`, `pretty`, `file`.
  /// @error invalid_argument, unsupported  it is another word; as the exporter's.
  virtual Result<void> choose(const Environment& environment, const Platform& platform) = 0;
  /// Before a `Telemetry` is made of it: where lines go.
  virtual void use(std::unique_ptr<LogExporter> exporter) noexcept = 0;

 private:
  friend class detail::Registry;
  friend class Telemetry;
  /// @param levels  laid over those of the options.
  virtual Result<void> check(std::string_view levels) = 0;
  /// Gives the pipeline a lane for this generation.
  virtual Result<detail::Lane*> open(detail::Pipeline& pipeline) = 0;
};

}  // namespace v0
}  // namespace aloft
