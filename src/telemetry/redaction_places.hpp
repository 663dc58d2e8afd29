// SPDX-License-Identifier: Apache-2.0
// Values that stand apart from the key that tells what they are: in elements, statements of SQL,
// options of a command, members `name` and `value`.
#pragma once

#include "telemetry/redaction_patterns.hpp"

#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace redaction {

/// What the key that ends at `end` of the text says.
KeyClass class_of_key(const Scan& scan, std::size_t end) noexcept;
/// Takes [begin, end), which stands under `key`, when it looks like what the key promises.
void take_under(Scan& scan, const KeyClass& key, std::size_t begin, std::size_t end) noexcept;

/// `<password>…</password>`, whose first `>` is at `at`.
void find_element(Scan& scan, std::size_t at) noexcept;
/// `INSERT INTO t (…, password) VALUES (…, '…')`, `IDENTIFIED BY '…'`, `pin IN ('…')`, `pin LIKE
/// '…'`, whose `I` is at `at`.
void find_in_statement(Scan& scan, std::size_t at) noexcept;
/// The same for values, whose `(` is at `at`.
void find_inserted(Scan& scan, std::size_t at) noexcept;
/// `--password …` and `-u user:…`, whose last dash is at `at`.
void find_option(Scan& scan, std::size_t at) noexcept;
/// What the member before says of `value`, which ends at `end`: `"name":"DB_PASSWORD","value":`.
KeyClass class_of_named_value(const Scan& scan, std::size_t end) noexcept;

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
