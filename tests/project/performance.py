# SPDX-License-Identifier: Apache-2.0
"""The numbers of docs/performance.md are the baselines of tests/budgets/budgets.tsv."""
import re

import checks

TABLE, DOCUMENT = "tests/budgets/budgets.tsv", "docs/performance.md"


def check(root):
    agreed = {}
    for line in checks.text(root, TABLE).splitlines():
        if line.strip() and not line.startswith("#"):
            name, metric, limit, goal, baseline = line.split("\t")
            agreed[(name, metric)] = (limit, goal, baseline)
    told = {}
    for line in checks.text(root, DOCUMENT).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        match = re.fullmatch(r"`([\w/]+)` (\w+)", cells[0]) if line.startswith("|") else None
        if match and len(cells) >= 4:
            told[match.groups()] = tuple(cell.replace(",", "") for cell in cells[1:4])
    problems = []
    for key, numbers in told.items():
        if key not in agreed:
            problems.append(f"{DOCUMENT}: {' '.join(key)} has no row in {TABLE}")
        elif numbers != agreed[key]:
            problems.append(f"{DOCUMENT}: {' '.join(key)}: {numbers} is not {agreed[key]}, "
                            f"its limit, goal and baseline")
    problems += [f"{DOCUMENT}: {' '.join(key)} is not told" for key in agreed if key not in told]
    return problems


if __name__ == "__main__":
    checks.run(check)
