// SPDX-License-Identifier: Apache-2.0
// A redactor with its scratch and counts, for the tests of what it keeps and what it takes out.
#pragma once

#include <aloft/telemetry/redactor.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {

class RedactorTest : public ::testing::Test {
 protected:
  std::string clean(std::string_view text, TextEnd end = TextEnd::complete) {
    std::string cleaned(redactor_.redact(text, scratch_, counts_, end));
    scratch_.clear();
    return cleaned;
  }
  std::string clean_url(std::string_view url, UrlPath path = UrlPath::as_sent) {
    std::string cleaned(redactor_.redact_url(url, path, scratch_, counts_));
    scratch_.clear();
    return cleaned;
  }

  Redactor redactor_;
  RedactionScratch scratch_;
  RedactionCounts counts_;
};

}  // namespace aloft
