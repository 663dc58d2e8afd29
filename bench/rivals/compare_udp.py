#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tracing over UDP: Aloft beside the Go original's middleware and the X-Ray SDK for Go.

    bench/rivals/compare_udp.py BIN_FOLDER [--original FOLDER] [--rounds 5] [--rate 5000]
                                [--seconds 3]

BIN_FOLDER holds `aloft_udp` (preset bench). The Go programs are built here; --original is a
checkout of the original at the version that go/go.mod names, for where the module proxy has none.
All send to one receiver, one after the other, in an order that turns round each time. Everything
is sampled. Each program warms up for two seconds, makes its requests in bursts of a hundredth of a
second, drains, and says what the caller waited for a request (median and 99th percentile) and
what the whole process used. It fails when a document was lost or a request not sampled, and when
our middleware around an empty handler costs its caller more than 1/20 of the original's.
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


class Program:
    """One line of the table: how it is run, and what a document of it must hold."""

    def __init__(self, name, command, spans=0, annotations=0):
        self.name, self.command = name, command
        self.holds = (spans, annotations)
        self.rounds = []

    def median(self, figure):
        return statistics.median(one[figure] for one in self.rounds)

    def quartiles(self, figure):
        return statistics.quantiles([one[figure] for one in self.rounds], n=4)


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


def programs(ours, go):
    def aloft(scenario):
        return [ours / "aloft_udp", scenario, None]
    return [
        Program("load alone, C++", aloft("load")),
        Program("load alone, Go", [go / "original", "load", "shipped"]),
        Program("aloft, empty handler", aloft("middleware"), 1, 3),
        Program("aloft, ten annotations", aloft("middleware_of_ten"), 1, 10),
        Program("original as shipped", [go / "original", "middleware", "shipped"], 1, 10),
        Program("original configured", [go / "original", "middleware", "configured"], 1, 10),
        Program("aloft, 3 spans", aloft("request"), 3, 24),
        Program("X-Ray SDK as shipped", [go / "xraysdk", "request", "shipped"], 3, 24),
        Program("X-Ray SDK configured", [go / "xraysdk", "request", "configured"], 3, 24),
    ]


def run_once(program, receiver, args):
    receiver.start_counting()
    command = [f"udp:127.0.0.1:{receiver.port} tcp:127.0.0.1:{receiver.rules.server_port}"
               if word is None else word for word in program.command]
    environment = {**os.environ, "AWS_XRAY_DAEMON_ADDRESS": receiver.address()}
    done = subprocess.run([*command, str(args.rate), str(args.seconds)], env=environment, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{program.name}: exit {done.returncode}\n{done.stderr}")
    words = done.stderr.split()
    figures = dict(zip(words[::2], map(float, words[1::2])))
    documents, traces, size, document = receiver.drained()
    figures["lost"], figures["twice"] = figures["made"] - traces, documents - traces
    figures["bytes"] = size / max(documents, 1)
    if document:
        if daemon.spans_and_annotations(document) != program.holds:
            sys.exit(f"{program.name}: not {program.holds} spans and annotations: {document}")
    program.rounds.append(figures)


def table(lines, args):
    go = subprocess.run(["go", "version"], capture_output=True, text=True).stdout.strip()
    print(f"{go}; {args.rounds} rounds of {args.rate * args.seconds} requests at {args.rate} a "
          f"second, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians (quartiles)")
    print(f"{'':24} {'caller, ns':>24} {'p99, ns':>9} {'CPU, us a request':>25} {'bytes':>6} "
          f"{'made':>7} {'lost':>5} {'twice':>5}")
    for line in lines:
        caller, cpu = line.quartiles("p50_ns"), line.quartiles("cpu_us_per_request")
        print(f"{line.name:24} {caller[1]:9,.0f} ({caller[0]:,.0f}-{caller[2]:,.0f})".ljust(49)
              + f" {line.median('p99_ns'):9,.0f} "
              + f"{cpu[1]:9.2f} ({cpu[0]:.2f}-{cpu[2]:.2f})".rjust(25)
              + f" {line.median('bytes'):6,.0f}"
              + f" {sum(one['made'] for one in line.rounds):7,.0f}"
              + f" {sum(one['lost'] for one in line.rounds):5,.0f}"
              + f" {sum(one['twice'] for one in line.rounds):5,.0f}")


def ratio(ours, theirs, figure, load=None):
    """Ours over theirs; of what is above the load itself where that is given."""
    alone = load or (0, 0)
    return (ours.median(figure) - alone[0]) / (theirs.median(figure) - alone[1])


def compare(lines):
    """Prints the ratios; the one that is judged."""
    named = {line.name: line for line in lines}
    load = tuple(named[f"load alone, {language}"].median("cpu_us_per_request")
                 for language in ("C++", "Go"))
    for ours, theirs in (("aloft, empty handler", "original as shipped"),
                         ("aloft, empty handler", "original configured"),
                         ("aloft, ten annotations", "original as shipped"),
                         ("aloft, ten annotations", "original configured"),
                         ("aloft, 3 spans", "X-Ray SDK as shipped"),
                         ("aloft, 3 spans", "X-Ray SDK configured")):
        pair = named[ours], named[theirs]
        print(f"{ours:22} / {theirs:20}: caller 1/{1 / ratio(*pair, 'p50_ns'):.1f}, "
              f"p99 1/{1 / ratio(*pair, 'p99_ns'):.1f}, "
              f"CPU 1/{1 / ratio(*pair, 'cpu_us_per_request'):.1f}, without the load "
              f"1/{1 / ratio(*pair, 'cpu_us_per_request', load):.1f}")
    return ratio(named["aloft, empty handler"], named["original as shipped"], "p50_ns")


def problems(lines, refused):
    for line in lines:
        for one in line.rounds:
            traced = line.holds != (0, 0)
            if traced and one["sampled"] != one["requests"]:
                yield f"{line.name}: {one['sampled']:.0f} of {one['requests']:.0f} were sampled"
            if one["lost"]:
                yield f"{line.name}: {one['lost']:.0f} lost, {one['dropped']:.0f} said to be"
    if refused:
        yield f"the receiver had no room for {refused}: its own loss, run it again"


def main():
    parser = argparse.ArgumentParser()
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
        lines = programs(args.bin, go)
        for turn in range(args.rounds):
            for line in lines[::-1] if turn % 2 else lines:
                run_once(line, receiver, args)
        refused = receiver.refused_by_the_kernel()
        receiver.close()

    table(lines, args)
    judged = compare(lines)
    print(f"judged: {judged:.4f} (limit: {RATIO_LIMIT})")
    wrong = list(problems(lines, refused))
    for line in wrong:
        print(line)
    sys.exit(bool(wrong) or judged > RATIO_LIMIT)


if __name__ == "__main__":
    main()
