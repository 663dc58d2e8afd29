// SPDX-License-Identifier: Apache-2.0
#include "ledger/options.hpp"

namespace ledger {

aloft::Result<Options> Options::parse(const example::Arguments& arguments) {
  Options options;
  const aloft::Result<example::CommandLine> line =
      example::read_flags(arguments, {example::address_flag("--listen", options.listen),
                                      example::text_flag("--db", "ledger.db", options.database)});
  if (!line) return aloft::unexpected(line.error());
  options.help = *line == example::CommandLine::help;
  return options;
}

}  // namespace ledger
