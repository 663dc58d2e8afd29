// SPDX-License-Identifier: Apache-2.0
// A statement is never longer without its values than with them but for what stands for a value,
// and cleaning it again changes nothing: nothing that looks like a value was left.
#include <aloft/integrations/sql_text.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using aloft::integrations::SqlDialect;
using aloft::integrations::SqlText;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* const bytes = data;
  const std::string_view statement(static_cast<const char*>(bytes), size);
  for (const SqlDialect dialect :
       {SqlDialect::postgresql, SqlDialect::postgresql_with_backslashes, SqlDialect::sqlite}) {
    const SqlText once(statement, dialect);
    const SqlText twice(once.view(), dialect);
    if (once.view().size() > statement.size()) std::abort();
    // What was cut at the limit may end inside of a quoted name, which is then an open one.
    if (once.view().size() < aloft::kMaxSqlQueryBytes && once.view() != twice.view()) std::abort();
  }
  return 0;
}
