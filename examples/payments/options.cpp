// SPDX-License-Identifier: Apache-2.0
#include "payments/options.hpp"

namespace payments {

aloft::Result<Options> Options::parse(const example::Arguments& arguments) {
  Options options;
  const aloft::Result<example::CommandLine> line =
      example::read_flags(arguments, {example::address_flag("--listen", options.listen),
                                      example::url_flag("--ledger", options.ledger),
                                      example::url_flag("--fraud", options.fraud)});
  if (!line) return aloft::unexpected(line.error());
  options.help = *line == example::CommandLine::help;
  return options;
}

}  // namespace payments
