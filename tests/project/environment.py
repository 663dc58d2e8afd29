# SPDX-License-Identifier: Apache-2.0
"""docs/configuration.md names the variables that the library reads, no more and no less."""
import re

import checks

READER = "src/core/environment_variables.cpp"
TABLE = "docs/configuration.md"


def check(root):
    read = set(re.findall(r'"((?:_X_)?[A-Z][A-Z0-9]*_[A-Z0-9_]+)"', checks.text(root, READER)))
    told = set(re.findall(r"^\|\s*`([A-Z_][A-Z0-9_]+)`", checks.text(root, TABLE), re.M))
    problems = [f"{TABLE}: {name} is read in {READER} and has no row" for name in read - told]
    problems += [f"{TABLE}: {name} has a row and is not read in {READER}" for name in told - read]
    return sorted(problems) if read else [f"{READER}: no variable found"]


if __name__ == "__main__":
    checks.run(check)
