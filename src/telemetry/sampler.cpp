// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sampler.hpp>

#include <aloft/core/random.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

class FixedRate final : public Sampler {
 public:
  explicit FixedRate(double rate) noexcept : rate_(rate) {}
  // A fraction is below 1, so rate 1 takes all; none is below 0, so rate 0 takes none.
  bool sample(const SamplingRequest& request) const noexcept override {
    return to_fraction(request.draw) < rate_;
  }

 private:
  double rate_;
};

class ParentBased final : public Sampler {
 public:
  explicit ParentBased(std::shared_ptr<const Sampler> root) noexcept : root_(std::move(root)) {}
  bool sample(const SamplingRequest& request) const noexcept override {
    return request.parent.sampled == Sampled::yes || root_->sample(request);
  }
  void ended(const TraceOutcome& outcome) const noexcept override { root_->ended(outcome); }

 private:
  std::shared_ptr<const Sampler> root_;
};

}  // namespace

std::shared_ptr<const Sampler> always() { return std::make_shared<FixedRate>(1.0); }
std::shared_ptr<const Sampler> never() { return std::make_shared<FixedRate>(0.0); }

Result<std::shared_ptr<const Sampler>> fixed_rate(double rate) {
  if (!(rate >= 0.0 && rate <= 1.0)) {  // also refuses NaN
    return fail(ErrorCode::invalid_argument, "sampling rate is outside 0 to 1",
                "give a fraction: 0.05 is five percent");
  }
  return std::shared_ptr<const Sampler>(std::make_shared<FixedRate>(rate));
}

std::shared_ptr<const Sampler> parent_based(std::shared_ptr<const Sampler> root) {
  return std::make_shared<ParentBased>(root != nullptr ? std::move(root) : always());
}

}  // namespace v0
}  // namespace aloft
