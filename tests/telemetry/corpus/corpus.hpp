// SPDX-License-Identifier: Apache-2.0
// Reads labelled texts, redacts them as logs or spans would, and counts what was found.
#pragma once

#include <aloft/telemetry/redaction_policy.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::corpus {

struct Row {
  std::string class_name;
  std::string disguise;
  std::string text;                  // without its marks
  std::vector<std::string> secrets;  // what stood between marks
};

/// Adds the rows of a file; says what is wrong with it on standard error.
bool read_file(const char* path, std::vector<Row>& rows);
/// One line of a file; false when it is none.
bool parse_row(std::string_view line, Row& row);

enum class Signal { logs, spans };

class Subject {
 public:
  explicit Subject(Signal signal) : signal_(signal) {}
  std::string redact(std::string_view text) const;
  void touch(std::string_view text) const;
  bool looks_for(std::string_view class_name) const;
  bool claims(std::string_view disguise) const;

 private:
  Signal signal_;
  PolicyRedactor logs_;
  mutable RedactionScratch scratch_;
  mutable RedactionCounts counts_;
};

struct Share {
  std::size_t hits = 0;
  std::size_t all = 0;
  double value() const {
    return all == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(all);
  }
  void add(bool hit) {
    hits += hit ? 1U : 0U;
    ++all;
  }
};

struct Bounds {
  double low;
  double high;
};
/// Wilson's score interval at 95 %.
Bounds wilson(const Share& share);

/// Whether what is left of the secrets of `row` in `cleaned` gives them away.
bool is_leaked(const Row& row, std::string_view cleaned);

struct Measured {
  std::map<std::string, Share> recall;       // by class, of the disguises that are claimed
  std::map<std::string, Share> precision;    // by label
  std::map<std::string, Share> changed;      // texts without a secret, by kind
  std::map<std::string, Share> not_claimed;  // recall by disguise
  Share changed_ordinary;                    // all kinds but bare16
  Share changed_bare;
  std::vector<std::string> examples;  // the first that went wrong
};
Measured measure(const std::vector<Row>& rows, const Subject& subject);

}  // namespace aloft::corpus
