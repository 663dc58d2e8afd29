// SPDX-License-Identifier: Apache-2.0
#include "telemetry/corpus/corpus.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

namespace aloft::corpus {
namespace {

constexpr std::string_view kOpen = "\xE2\x9F\xA6";
constexpr std::string_view kClose = "\xE2\x9F\xA7";
constexpr std::size_t kMaxExamples = 20;

const std::set<std::string_view> kClasses = {"pan",        "cvv",      "pin",      "password",
                                             "credential", "userinfo", "email",    "phone",
                                             "ssn",        "account",  "personal", "none"};
const std::set<std::string_view> kPersonal = {"email", "phone", "account", "personal"};
const std::set<std::string_view> kNotClaimed = {"base64", "hex",       "reversed",
                                                "words",  "homoglyph", "compressed"};

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    constexpr std::string_view kNames = "ntr\\";
    constexpr std::string_view kBytes = "\n\t\r\\";
    const std::size_t which = kNames.find(text[++i]);
    if (which == std::string_view::npos) plain += '\\';
    plain += which == std::string_view::npos ? text[i] : kBytes[which];
  }
  return plain;
}

// The longest run of `secret` that stands in `text`.
std::size_t longest_common(std::string_view secret, std::string_view text) {
  std::vector<std::size_t> row(text.size() + 1, 0);
  std::size_t longest = 0;
  for (const char c : secret) {
    std::size_t diagonal = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::size_t above = row[i + 1];
      row[i + 1] = c == text[i] ? diagonal + 1 : 0;
      diagonal = above;
      longest = std::max(longest, row[i + 1]);
    }
  }
  return longest;
}

// "pan" of each "[redacted:pan]".
std::set<std::string> labels_of(std::string_view cleaned) {
  constexpr std::string_view kBegin = "[redacted:";
  std::set<std::string> labels;
  for (std::size_t at = cleaned.find(kBegin); at != std::string_view::npos;
       at = cleaned.find(kBegin, at + 1)) {
    const std::string_view rest = cleaned.substr(at + kBegin.size());
    labels.emplace(rest.substr(0, rest.find_first_of(" ]")));
  }
  return labels;
}

std::string label_of(const std::string& class_name) {
  return class_name == "password" ? "credential" : class_name;
}

}  // namespace

bool parse_row(std::string_view line, Row& row) {
  const std::size_t first = line.find('\t');
  const std::size_t second = line.find('\t', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  row = {std::string(line.substr(0, first)),
         std::string(line.substr(first + 1, second - first - 1)),
         {},
         {}};
  const std::string marked = unescaped(line.substr(second + 1));
  std::size_t at = 0;
  for (;;) {
    const std::size_t open = marked.find(kOpen, at);
    row.text += marked.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t begin = open + kOpen.size();
    const std::size_t close = marked.find(kClose, begin);
    if (close == std::string::npos || close == begin) return false;
    row.secrets.push_back(marked.substr(begin, close - begin));
    row.text += row.secrets.back();
    at = close + kClose.size();
  }
  const bool is_negative = row.class_name == "none";
  return kClasses.count(row.class_name) != 0 && !row.disguise.empty() && !row.text.empty() &&
         is_negative == row.secrets.empty();
}

bool read_file(const char* path, std::vector<Row>& rows) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path);
    return false;
  }
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    Row row;
    if (!parse_row(line, row)) {
      std::fprintf(stderr, "%s:%zu: a row is class, disguise and text with its secrets marked\n",
                   path, number);
      return false;
    }
    rows.push_back(std::move(row));
  }
  return true;
}

std::string Subject::redact(std::string_view text) const {
  std::string cleaned(signal_ == Signal::logs ? logs_.redact(text, scratch_, counts_)
                                              : Redactor().redact(text, scratch_, counts_));
  scratch_.clear();
  return cleaned;
}

void Subject::touch(std::string_view text) const {
  logs_.redact(text, scratch_, counts_);
  scratch_.clear();
}

bool Subject::looks_for(std::string_view class_name) const {
  if (signal_ == Signal::logs) return true;
  return kPersonal.count(class_name) == 0 && class_name != "ssn";  // spans: under its key only
}

bool Subject::claims(std::string_view disguise) const {
  if (signal_ == Signal::spans && disguise == "fullwidth") return false;
  return kNotClaimed.count(disguise) == 0;
}

Bounds wilson(const Share& share) {
  if (share.all == 0) return {0, 1};
  constexpr double kZ = 1.959964;  // 95 %, two-sided
  const double n = static_cast<double>(share.all);
  const double p = share.value();
  const double middle = p + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

bool is_leaked(const Row& row, std::string_view cleaned) {
  constexpr double kTooMuch = 0.6;
  if (row.secrets.size() == 1) {
    const std::string& secret = row.secrets[0];
    return static_cast<double>(longest_common(secret, cleaned)) >
           kTooMuch * static_cast<double>(secret.size());
  }
  std::size_t left = 0;
  for (const std::string& piece : row.secrets) {
    left += cleaned.find(piece) != std::string_view::npos ? 1U : 0U;
  }
  return left * 2 >= row.secrets.size();
}

Measured measure(const std::vector<Row>& rows, const Subject& subject) {
  Measured measured;
  const auto remember = [&](const Row& row, const std::string& cleaned) {
    if (measured.examples.size() < kMaxExamples) {
      measured.examples.push_back(row.class_name + "/" + row.disguise + ": " + row.text + "  ->  " +
                                  cleaned);
    }
  };
  for (const Row& row : rows) {
    const std::string cleaned = subject.redact(row.text);
    for (const std::string& label : labels_of(cleaned)) {
      measured.precision[label].add(label == label_of(row.class_name));
    }
    if (row.class_name == "none") {
      const bool is_changed = cleaned != row.text;
      measured.changed[row.disguise].add(is_changed);
      const bool is_bare = row.disguise == "bare16";
      (is_bare ? measured.changed_bare : measured.changed_ordinary).add(is_changed);
      if (is_changed && !is_bare) remember(row, cleaned);
      continue;
    }
    if (!subject.looks_for(row.class_name)) continue;
    const bool is_found = !is_leaked(row, cleaned);
    if (!subject.claims(row.disguise)) {
      measured.not_claimed[row.disguise].add(is_found);
      continue;
    }
    measured.recall[row.class_name].add(is_found);
    if (!is_found) remember(row, cleaned);
  }
  return measured;
}

}  // namespace aloft::corpus
