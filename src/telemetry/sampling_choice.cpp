// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sampling_choice.hpp>

#include <charconv>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace {

/// Digits with a point, all of them used: not "1e-2", "nan" or "0.5x".
std::optional<double> parse_share(std::string_view text) noexcept {
  double share = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), share, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(share >= 0.0 && share <= 1.0)) return std::nullopt;
  return share;
}

}  // namespace

Result<SamplingChoice> choose_sampling(const Environment& environment) {
  using Kind = SamplingChoice::Kind;
  SamplingChoice choice{.rules_file =
                            std::string(environment.get("ALOFT_SAMPLING_RULES").value_or(""))};
  if (!choice.rules_file.empty()) choice.kind = Kind::rules;
  const std::optional<std::string_view> word = environment.get("ALOFT_SAMPLING");
  if (!word) return choice;
  if (*word == "rules") {
    choice.kind = Kind::rules;
  } else if (*word == "central") {
    choice.kind = Kind::central;
  } else if (*word == "always" || *word == "never") {
    choice.kind = Kind::rate;
    choice.rate = *word == "always" ? 1.0 : 0.0;
  } else if (const std::optional<double> share = parse_share(*word)) {
    choice.kind = Kind::rate;
    choice.rate = *share;
  } else {
    return fail(ErrorCode::invalid_argument,
                "ALOFT_SAMPLING is neither a word that is known nor a share from 0 to 1",
                "use always, never, a share such as 0.05, rules or central");
  }
  return choice;
}

}  // namespace v0
}  // namespace aloft
