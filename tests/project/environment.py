# SPDX-License-Identifier: Apache-2.0
"""docs/configuration.md names the variables that the library reads, no more and no less.

A row that begins with a variable is one that is read. Those of others that are not read stand in
the second column of their table, each once, with a reason.
"""
import re

import checks

READER = "src/core/environment_variables.cpp"
TABLE = "docs/configuration.md"
REFUSED = re.compile(r"^\| [^|`]+ \| (.*`(?:AWS|OTEL|_X)_.*) \| *(.*?) *\|$", re.M)
NAME = re.compile(r"`((?:AWS|OTEL|LAMBDA|_X)_[A-Z0-9_]*)`")


def check_refused(content, read):
    seen = set()
    for names, reason in REFUSED.findall(content):
        for name in NAME.findall(names):
            if name in read:
                yield f"{TABLE}: {name} is said not to be read, and {READER} reads it"
            if name in seen:
                yield f"{TABLE}: {name} is refused twice"
            if len(reason) < 10:
                yield f"{TABLE}: {name} is refused without a reason"
            seen.add(name)


def check(root):
    content = checks.text(root, TABLE)
    read = set(re.findall(r'"((?:_X_)?[A-Z][A-Z0-9]*_[A-Z0-9_]+)"', checks.text(root, READER)))
    told = set(re.findall(r"^\|\s*`([A-Z_][A-Z0-9_]+)`", content, re.M))
    problems = [f"{TABLE}: {name} is read in {READER} and has no row" for name in read - told]
    problems += [f"{TABLE}: {name} has a row and is not read in {READER}" for name in told - read]
    problems += check_refused(content, read)
    return sorted(problems) if read else [f"{READER}: no variable found"]


if __name__ == "__main__":
    checks.run(check)
