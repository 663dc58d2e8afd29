# SPDX-License-Identifier: Apache-2.0
"""The numbers of docs/performance.md are the baselines of tests/budgets/budgets.tsv.

README.md says what one span costs here and elsewhere: as its row of docs/performance.md does.
"""
import re

import checks

TABLE, DOCUMENT = "tests/budgets/budgets.tsv", "docs/performance.md"
README, SPAN = "README.md", "`telemetry/span_8_annotations` instructions"
CLAIM = re.compile(r"\[([\d,]+) instructions\]\(docs/performance\.md\) for a span with eight\s+"
                   r"annotations, where opentelemetry-cpp takes ([\d,]+\d)")


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
    return problems + check_readme(root)


def check_readme(root):
    claim = CLAIM.search(checks.text(root, README))
    if not claim:
        return [f"{README}: it does not say what a span with eight annotations costs"]
    row = next((line for line in checks.text(root, DOCUMENT).splitlines()
                if line.startswith(f"| {SPAN} |")), "| | | | | | |")
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    ours, theirs = cells[3], cells[-1].split(" ")[0]
    if claim.groups() != (ours, theirs):
        return [f"{README}: a span costs {claim.groups()}, but {(ours, theirs)} in {DOCUMENT}"]
    return []


if __name__ == "__main__":
    checks.run(check)
