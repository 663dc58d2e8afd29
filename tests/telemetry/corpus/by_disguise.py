#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recall of each class and disguise, or changed texts of each kind, where it is not perfect.

    by_disguise.py PROGRAM FILE...

PROGRAM is redaction_corpus; it is run once for each disguise, as logs see it. It only reports; gate.py judges.
"""
import collections
import re
import subprocess
import sys
import tempfile

SHARE = re.compile(r"^  (\S+) +(\d+) of +(\d+) +\S+ %  (\(.*\))$")


def shares(report, heading):
    """The rows of one table: name, hits, all, bounds."""
    table = report.partition(heading)[2].split("\n", 1)[1]
    for line in table.split("\n"):
        found = SHARE.match(line)
        if found:
            yield found[1], int(found[2]), int(found[3]), found[4]
        elif not line.startswith("  "):
            return


def report_of(program, lines):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
        file.flush()
        return subprocess.run([program, file.name], capture_output=True, text=True).stdout


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    program, *files = arguments
    groups = collections.defaultdict(list)
    for name in files:
        with open(name, encoding="utf-8", newline="\n") as file:
            for line in file:
                if not line.startswith("#") and line.strip():
                    groups[tuple(line.split("\t", 2)[:2])].append(line)
    perfect = 0
    for (name, disguise), lines in groups.items():
        report = report_of(program, lines)
        is_none = name == "none"
        for heading in ["logs: texts without"] if is_none else ["logs: recall", "logs: disguises"]:
            for row, hits, all_, bounds in shares(report, heading):
                if is_none and row == "ordinary":
                    continue
                if hits == (0 if is_none else all_):
                    perfect += 1
                    continue
                what = "changed" if is_none else "found"
                print(f"{name:<11}{disguise:<26}{what} {hits} of {all_}  {bounds}")
    print(f"{perfect} of {len(groups)} disguises and kinds without an error")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
