// SPDX-License-Identifier: Apache-2.0
// Who decides whether a trace is recorded.
//
// The tracer asks once per local root. What the caller upstream decided is final and is not asked
// again: `Sampled=0` is never recorded, whatever the sampler says. The default, parent-based, also
// obeys `Sampled=1`; whether a caller's header is believed at all is the edge's policy
// (`http::TracingOptions`), not the sampler's.
//
//   auto sampler = parent_based(fixed_rate(0.05).value_or(always()));
//
// Rules by host, method and path, those of X-Ray included: `RuleSampler`.
//
// Thread-safety: `sample` is called from every request thread at once and must not block.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// A fact about the work that rules may ask for, e.g. {"plan", "gold"}.
struct SamplingAttribute {
  std::string_view key;
  std::string_view value;
};

/// What is known of a request before its span starts. Empty is unknown.
struct RequestTraits {
  std::string_view host{};         ///< as the client sent it, may hold a port
  std::string_view http_method{};  ///< e.g. "GET"
  std::string_view url_path{};     ///< as sent; a query behind it is left out of account
  std::span<const SamplingAttribute> attributes{};
};

/// What is known of the service; the same for all of its requests. Empty is unknown.
struct ServiceTraits {
  std::string_view type{};          ///< X-Ray's origin, e.g. "AWS::ECS::Container"
  std::string_view resource_arn{};  ///< of what it runs in
};

/// Where a sampler notes which rule decided, for the record; `clear` comes first.
class SampledBy {
 public:
  void clear() noexcept {
    size_ = 0;
    watched_ = 0;
  }
  /// Keeps the first 64 bytes; the names of X-Ray's rules have at most 32 characters.
  void note(std::string_view rule) noexcept {
    size_ = static_cast<std::uint8_t>(rule.copy(bytes_, sizeof bytes_));
  }
  std::string_view rule() const noexcept { return {bytes_, size_}; }
  /// Asks to be told how the trace went, whatever is decided. @param number  not 0.
  void watch(std::uint16_t number) noexcept { watched_ = number; }
  std::uint16_t watched() const noexcept { return watched_; }  ///< 0: nobody asks

 private:
  // Not initialised: who does not ask a sampler pays nothing.
  char bytes_[64];
  std::uint8_t size_;
  std::uint16_t watched_;
};

/// What is known when a local root starts; views that live as long as the call.
struct SamplingRequest {
  std::string_view name;       ///< the span's name, by X-Ray's custom that of the service
  const TraceContext& parent;  ///< what upstream said; `sampled` is never `no` here
  std::string_view tenant;     ///< empty when unknown
  std::uint64_t draw = 0;      ///< 64 uniform bits for this decision
  RequestTraits request{};
  ServiceTraits service{};
  SampledBy* by = nullptr;  ///< null when nobody wants to know
};

/// How a trace went on which a sampler had been asked.
struct TraceOutcome {
  std::uint16_t watched = 0;  ///< as `SampledBy::watch` was told
  bool sampled = false;
  /// It failed or was slow (`TailOptions`): a span is a fault, or an error without a status.
  bool anomaly = false;
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// True when the trace is to be recorded.
  virtual bool sample(const SamplingRequest& request) const noexcept = 0;
  /// Told once of each trace that is watched, after it has ended, off the request path and on one
  /// thread at a time. Only with `TailOptions`, since nothing is known else of how a trace ended
  /// that was not sampled. A sampler around another hands it on.
  virtual void ended(const TraceOutcome& outcome) const noexcept { static_cast<void>(outcome); }
};

/// Every trace.
std::shared_ptr<const Sampler> always();
/// No trace; ids still propagate.
std::shared_ptr<const Sampler> never();
/// A fraction of the traces, exact to 53 bits (not to whole percents).
/// @error invalid_argument  `rate` is not in [0, 1].
Result<std::shared_ptr<const Sampler>> fixed_rate(double rate);
/// Obeys the parent when it decided, else asks `root`.
std::shared_ptr<const Sampler> parent_based(std::shared_ptr<const Sampler> root);

}  // namespace v0
}  // namespace aloft
