#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tracing over UDP: Aloft beside the Go original's middleware and the X-Ray SDK for Go.

    bench/rivals/compare_udp.py BIN_FOLDER [--original FOLDER] [--rounds 5] [--rate 5000]
                                [--seconds 3]

BIN_FOLDER holds `aloft_udp` (preset bench). The Go programs are built here; --original is a
checkout of the original at the version that go/go.mod names, for where the module proxy has none.
All send to one receiver, one after the other, in an order that turns round each time. All sample by
rules that take everything: as shipped those that the receiver is asked for, configured local ones.
Each program warms up for two seconds, makes its requests in bursts of a hundredth of a second,
drains, and says what the caller waited for a request (median and 99th percentile) and what the
whole process used; its load alone is run, too. What is printed are tables of docs/performance.md.

Exits 1 when our middleware with the original's ten annotations costs its caller more than 1/20 of
the original's, as shipped or configured; when a document was lost, also one that its library has
counted; when a measured request was not sampled; and when the receiver itself had no room.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import daemon

GO_MODULE = pathlib.Path(__file__).with_name("go")
ORIGINAL = "github.com/pay-theory/lift"
RATIO_LIMIT = 1 / 20
# What the original's own documents say that its middleware costs its caller.
SAID_NS = 12_000
MODES = ("shipped", "configured")
# Beyond what is measured: the warm-up, ours waiting for rules and draining twice, a busy machine.
TIMEOUT_SECONDS = 120


class Program:
    """One line of the table: how it is run, what a document of it must hold, and its load alone."""

    def __init__(self, name, command, holds=(0, 0), load=None):
        self.name, self.command = name, command
        self.holds = holds  # spans, annotations
        self.load = load
        self.rounds = []

    def median(self, figure):
        return statistics.median(one[figure] for one in self.rounds)

    def quartiles(self, figure):
        return statistics.quantiles([one[figure] for one in self.rounds], n=4)

    def total(self, figure):
        return sum(one[figure] for one in self.rounds)

    def beyond_the_load(self, figure):
        return self.median(figure) - self.load.median(figure)


def build_go(original, folder):
    """Builds the two programs; what go adds to the files of the module, it adds to copies."""
    for name in ("go.mod", "go.sum"):
        shutil.copy(GO_MODULE / name, folder / name)
    go = ["go", "build", f"-modfile={folder}/go.mod", "-mod=mod"]
    if original:
        subprocess.run(["go", "mod", "edit", f"-replace={ORIGINAL}={original.resolve()}",
                        f"{folder}/go.mod"], check=True)
    built = subprocess.run([*go, "-o", f"{folder}/", "./original", "./xraysdk"], cwd=GO_MODULE)
    if built.returncode != 0:
        sys.exit("the Go programs were not built; where the module proxy has no "
                 f"{ORIGINAL}, give a checkout of the version in {GO_MODULE}/go.mod by --original")


def programs(ours, go, address):
    """What is run, and the pairs that are compared: (ours, theirs, whether it is judged)."""
    lines, pairs = [], []

    def add(name, command, *more):
        lines.append(Program(name, command, *more))
        return lines[-1]

    def aloft(name, scenario, mode, *more):
        return add(name, [ours / "aloft_udp", scenario, mode, address], *more)

    handled = aloft("load of the middleware, C++", "middleware_load", "configured")
    spanned = aloft("load of 3 spans, C++", "request_load", "configured")
    loads = {(program, mode): add(f"load of {what}, Go, {mode}", [go / program, "load", mode])
             for program, what in (("original", "the middleware"), ("xraysdk", "3 spans"))
             for mode in MODES}
    empty = aloft("aloft, empty handler, its 3 annotations", "middleware", "configured", (1, 3),
                  handled)
    for mode in MODES:
        ten = aloft(f"aloft, the original's 10 annotations, {mode}", "middleware_of_ten", mode,
                    (1, 10), handled)
        original = add(f"original, {mode}", [go / "original", "middleware", mode], (1, 10),
                       loads["original", mode])
        pairs += [(ten, original, True), (empty, original, False)]
    for mode in MODES:
        three = aloft(f"aloft, 3 spans, {mode}", "request", mode, (3, 24), spanned)
        sdk = add(f"X-Ray SDK, {mode}", [go / "xraysdk", "request", mode], (3, 24),
                  loads["xraysdk", mode])
        pairs.append((three, sdk, False))
    return lines, pairs


def run_once(program, receiver, args):
    receiver.start_counting()
    environment = {**os.environ, "AWS_XRAY_DAEMON_ADDRESS": receiver.address()}
    try:
        done = subprocess.run([*program.command, str(args.rate), str(args.seconds)],
                              env=environment, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=args.seconds + TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as late:
        sys.exit(f"{program.name}: did not end within {late.timeout} s")
    if done.returncode != 0:
        sys.exit(f"{program.name}: exit {done.returncode}\n{done.stderr}")
    words = done.stderr.split()
    figures = dict(zip(words[::2], map(float, words[1::2])))
    documents, traces, size, document = receiver.drained()
    figures["lost"], figures["twice"] = figures["made"] - traces, documents - traces
    figures["bytes"] = size / max(documents, 1)
    if document and daemon.spans_and_annotations(document) != program.holds:
        sys.exit(f"{program.name}: not {program.holds} spans and annotations: {document}")
    program.rounds.append(figures)


def row(line):
    """A line of the table, in Markdown; a load makes no documents."""
    caller, cpu = line.quartiles("p50_ns"), line.quartiles("cpu_us_per_request")
    cells = [line.name, f"{caller[1]:,.0f} ({caller[0]:,.0f}–{caller[2]:,.0f})",
             f"{line.median('p99_ns'):,.0f}", f"{cpu[1]:.2f} ({cpu[0]:.2f}–{cpu[2]:.2f})"]
    if not line.load:
        return f"| {' | '.join(cells)} | | | | |"
    cells.append(f"{line.median('bytes'):,.0f}")
    cells += [f"{line.total(what):,.0f}" for what in ("made", "lost", "twice")]
    return f"| {' | '.join(cells)} |"


def ratio(ours, theirs):
    """As a part of one, to print; what is below nothing is of a run that was too short."""
    return f"1/{theirs / ours:.1f}" if ours > 0 else "none"


def compared(ours, theirs):
    """A line of the second table."""
    cells = [ratio(ours.median(figure), theirs.median(figure))
             for figure in ("p50_ns", "p99_ns", "cpu_us_per_request")]
    cells.append(ratio(ours.beyond_the_load("cpu_us_per_request"),
                       theirs.beyond_the_load("cpu_us_per_request")))
    return "| " + " | ".join([ours.name, theirs.name, *cells]) + " |"


def absolute(ours):
    """How a line of ours stands to the original's own words."""
    median = ours.median("p50_ns")
    return f"{ours.name}: {median:,.0f} ns, " + (
        "above" if median > SAID_NS * RATIO_LIMIT else "not above")


def show(lines, pairs, args):
    go = subprocess.run(["go", "version"], capture_output=True, text=True).stdout.strip()
    print(f"{go}; {args.rounds} rounds of {args.rate * args.seconds} requests at {args.rate} a "
          f"second, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians (quartiles)")
    print("\n| | caller, ns | caller p99, ns | CPU of the process, µs a request | bytes | made "
          "| lost | sent twice |\n|---|---|---|---|---|---|---|---|")
    print(*map(row, lines), sep="\n")
    print("\n| ours | theirs | caller | caller p99 | CPU | CPU beyond the load |"
          "\n|---|---|---|---|---|---|")
    print(*(compared(ours, theirs) for ours, theirs, _ in pairs), sep="\n")
    print(f"\n1/20 of the {SAID_NS:,} ns that the original's documents say is "
          f"{SAID_NS * RATIO_LIMIT:,.0f} ns; not judged:")
    print(*(absolute(ours) for ours, _, judged in pairs if judged), sep="\n", end="\n\n")


def problems(lines, refused):
    """What makes the figures those of something else than was asked for."""
    for line in lines:
        for one in line.rounds:
            if line.load and one["sampled"] != one["requests"]:
                yield f"{line.name}: {one['sampled']:.0f} of {one['requests']:.0f} were sampled"
            if one["lost"]:
                yield f"{line.name}: {one['lost']:.0f} lost, {one['dropped']:.0f} said to be"
    if refused:
        yield f"the receiver had no room for {refused}: its own loss, run it again"


def too_dear(pairs):
    """The judged pairs of which ours costs its caller too much of theirs."""
    for ours, theirs, judged in pairs:
        share = ours.median("p50_ns") / theirs.median("p50_ns")
        if judged and share > RATIO_LIMIT:
            yield f"{ours.name}: {share:.4f} of {theirs.name}, the limit is {RATIO_LIMIT}"


def judge(lines, pairs, refused):
    """Everything that is wrong; the comparison fails unless nothing is."""
    return [*problems(lines, refused), *too_dear(pairs)]


def main():
    parser = argparse.ArgumentParser(
        description="Prints the tables of docs/performance.md.",
        epilog="Exits 1 when our middleware costs its caller more than 1/20 of the original's with "
               "the same ten annotations, as shipped or configured; and on any loss, even one that "
               "the library has counted, any measured request that was not sampled, and any "
               "datagram that the receiver had no room for.")
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--original", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=5000, help="requests a second")
    parser.add_argument("--seconds", type=int, default=3)
    args = parser.parse_args()
    if args.rounds < 2:
        parser.error("a spread needs two rounds")

    with tempfile.TemporaryDirectory() as folder:
        go = pathlib.Path(folder)
        build_go(args.original, go)
        receiver = daemon.Daemon()
        lines, pairs = programs(args.bin, go, receiver.address())
        for turn in range(args.rounds):
            for line in lines[::-1] if turn % 2 else lines:
                run_once(line, receiver, args)
        refused = receiver.refused_by_the_kernel()
        receiver.close()

    show(lines, pairs, args)
    wrong = judge(lines, pairs, refused)
    print(*(wrong or ["nothing is wrong"]), sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
