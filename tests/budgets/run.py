#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the budgets of budgets.tsv and fails where one is exceeded.

    tests/budgets/run.py BIN_FOLDER [--table FILE] [--only TEXT] [--write-baselines]

--write-baselines puts what was measured into the table and into docs/performance.md.
A row names `PROGRAM/CASE` and one metric. The program `budget_PROGRAM --case CASE --iterations N`
does the operation N times and exits 0; with --count-allocations it counts malloc and its family.
On stdout it says what it knows itself, one `name value` a line: `allocations N`, `clock_calls N`,
`wakeups N`. Each metric is the difference of two run lengths over the operations between them.
  instructions  callgrind, user space, all threads; clock calls are listed apart
  allocations   the program's own count, all threads
  syscalls      strace, all threads
  wakeups       the program's own count of threads it woke
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 1.05
# How often a thread sleeps depends on the machine's load: of those only the limit is judged.
JUDGED_BY_BASELINE = ("instructions", "allocations")
# Two run lengths each: long enough that one-off work (a page, a chunk) is a small share.
LENGTHS = {"instructions": (1000, 11000), "allocations": (1000, 11000),
           "syscalls": (1000, 11000), "wakeups": (1000, 11000)}
# A count of whole events has no noise to forgive: less than one in a thousand operations is none.
COUNTED_BELOW = {"allocations": 0.001, "syscalls": 0.001, "wakeups": 0.001}
TIMEOUT_SECONDS = 120


class Row:
    """One line of the table."""

    def __init__(self, line):
        name, metric, limit, goal, baseline = line.split("\t")
        self.name, self.metric = name, metric
        self.program, self.case = name.split("/", 1)
        self.limit, self.goal = float(limit), float(goal)
        self.baseline = None if baseline.strip() == "-" else float(baseline)
        if metric not in LENGTHS:
            raise ValueError(f"'{metric}' is no metric")


def rows(content):
    """The rows of a table, and what is wrong with the lines that are none."""
    found, problems = [], []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            found.append(Row(line))
        except ValueError as why:
            problems.append(f"line {number}: {why}")
    return found, problems


def spoken(output):
    """The `name value` lines of a measured program."""
    return {name: int(value) for name, value in re.findall(r"^(\w+) (\d+)$", output, re.M)}


def execute(command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {run.returncode}\n{run.stderr}")
    return run


def callgrind(command):
    with tempfile.TemporaryDirectory() as folder:
        run = execute(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out.%p",
                       *command])
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), spoken(run.stdout)


def strace(command):
    with tempfile.NamedTemporaryFile("r") as report:
        run = execute(["strace", "-f", "-c", "-o", report.name, *command])
        total = re.search(r"^100\.00\s+\S+\s+\d*\s+(\d+).*total$", report.read(), re.M)
    return int(total.group(1)) if total else 0, spoken(run.stdout)


def once(row, binaries, iterations):
    """One run: the count of the row's metric, and what the program said."""
    command = [str(binaries / f"budget_{row.program}"), "--case", row.case,
               "--iterations", str(iterations)]
    if row.metric == "instructions":
        return callgrind(command)
    if row.metric == "syscalls":
        return strace(command)
    said = spoken(execute(command + ["--count-allocations"]).stdout)
    if row.metric not in said:
        raise RuntimeError(f"{' '.join(command)} does not say its {row.metric}")
    return said[row.metric], said


def measure(row, binaries):
    """The cost of one operation, and its clock calls (None where they were not told)."""
    short, long = LENGTHS[row.metric]
    few, said_few = once(row, binaries, short)
    many, said_many = once(row, binaries, long)
    operations = long - short
    clock = None
    if "clock_calls" in said_few and "clock_calls" in said_many:
        clock = (said_many["clock_calls"] - said_few["clock_calls"]) / operations
    cost = (many - few) / operations
    return (0.0 if abs(cost) < COUNTED_BELOW.get(row.metric, 0) else cost), clock


def judge(row, value):
    """Why a measured value will not do; None if it will."""
    if value > row.limit:
        return f"above its limit {row.limit:g}"
    if row.metric not in JUDGED_BY_BASELINE or row.baseline is None:
        return None
    if value > row.baseline * TOLERANCE:
        return f"more than 5 % above its baseline {row.baseline:g}"
    return None


def with_baselines(content, measured):
    """The table's text with the measured values as baselines."""
    lines = []
    for line in content.splitlines():
        cells = line.split("\t")
        value = measured.get(tuple(cells[:2])) if not line.startswith("#") else None
        lines.append("\t".join(cells[:4] + [f"{value:.10g}"]) if value is not None else line)
    return "\n".join(lines) + "\n"


def with_measured_page(content, measured):
    """The page's text with the measured values in the column Ours, its fourth cell."""
    lines = []
    for line in content.splitlines():
        cells = line.split("|")
        match = re.fullmatch(r" `([\w/]+)` (\w+) ", cells[1]) if len(cells) > 5 else None
        if match and match.groups() in measured:
            cells[4] = f" {measured[match.groups()]:,.10g} "
        lines.append("|".join(cells))
    return "\n".join(lines) + "\n"


def main(arguments):
    parser = argparse.ArgumentParser(description="measures the budgets")
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path,
                        default=pathlib.Path(__file__).with_name("budgets.tsv"))
    parser.add_argument("--page", type=pathlib.Path,
                        default=pathlib.Path(__file__).parents[2] / "docs/performance.md")
    parser.add_argument("--only", default="")
    parser.add_argument("--write-baselines", action="store_true")
    given = parser.parse_args(arguments)
    # Under the measuring tools, nothing of the caller's environment may change a path.
    os.environ.update({"LC_ALL": "C", "MALLOC_ARENA_MAX": "1"})

    content = given.table.read_text()
    table, problems = rows(content)
    measured = {}
    print(f"{'operation':<44} {'metric':<12} {'measured':>10} {'limit':>8} {'goal':>8} "
          f"{'baseline':>9} {'clock':>6}")
    for row in table:
        if given.only not in row.name:
            continue
        try:
            value, clock = measure(row, given.binaries)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as why:
            problems.append(f"{row.name} {row.metric}: {why}")
            continue
        measured[(row.name, row.metric)] = round(value, 3 if value < 10 else 1)
        why = judge(row, value)
        print(f"{row.name:<44} {row.metric:<12} {value:>10.2f} {row.limit:>8g} {row.goal:>8g} "
              f"{'-' if row.baseline is None else format(row.baseline, 'g'):>9} "
              f"{'-' if clock is None else format(clock, '.2f'):>6}{'  FAILED' if why else ''}",
              flush=True)
        if why:
            problems.append(f"{row.name} {row.metric}: {value:.2f} is {why}")
    if not measured and not problems:
        problems.append("nothing was measured")
    for problem in problems:
        print(problem)
    if given.write_baselines and not problems:
        given.table.write_text(with_baselines(content, measured))
        given.page.write_text(with_measured_page(given.page.read_text(), measured))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
