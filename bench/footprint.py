#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the library adds to a minimal program that sends one span.

    bench/footprint.py BIN_FOLDER [--gate] [--rounds 200]

--gate judges what does not depend on the machine's mood, size and shared libraries, and stops
there. Otherwise start-up (spawn to exit, one span sent and flushed) and memory follow: the programs
take turns, so that a slow minute hits all alike, and the medians are compared. Last comes what the
first public header costs to compile.
"""
import argparse
import os
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SIZE_LIMIT, MEMORY_LIMIT, STARTUP_LIMIT_MS = 400_000, 1_000_000, 1.0
HEADER_LIMIT_MS = 150
WARM_UP_ROUNDS = 10


def stripped_bytes(program):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "stripped"
        subprocess.run(["strip", "--strip-all", "-o", copy, program], check=True)
        return copy.stat().st_size


def libraries(program):
    run = subprocess.run(["readelf", "--dynamic", "--wide", program], capture_output=True,
                         text=True, check=True)
    return set(re.findall(r"\(NEEDED\).*\[([^\]]+)\]", run.stdout))


def judge(baseline, others):
    """Prints size and libraries; the names of what is above its limit."""
    too_much = []
    base = stripped_bytes(baseline)
    print(f"{'program':<22}{'stripped bytes':>15}{'added':>10}{'limit':>10}  "
          "extra shared libraries")
    print(f"{baseline.name:<22}{base:>15,}")
    for program in others:
        size, extra = stripped_bytes(program), sorted(libraries(program) - libraries(baseline))
        print(f"{program.name:<22}{size:>15,}{size - base:>10,}{SIZE_LIMIT:>10,}  "
              f"{' '.join(extra) or 'none'}")
        if size - base > SIZE_LIMIT:
            too_much.append(f"{program.name} adds {size - base:,} bytes")
        if extra:
            too_much.append(f"{program.name} needs {', '.join(extra)}")
    return too_much


class Daemon:
    """Takes datagrams and never answers; what is not read is the kernel's to drop."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        port = self.socket.getsockname()[1]
        return {**os.environ, "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{port}"}

    def __exit__(self, *_):
        self.socket.close()


def spawned(program, environment, devnull):
    """Wall and CPU milliseconds from spawn to exit."""
    began = time.perf_counter()
    child = os.posix_spawn(program, [str(program)], environment,
                           file_actions=[(os.POSIX_SPAWN_DUP2, devnull, 1)])
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - began
    if status != 0:
        raise RuntimeError(f"{program}: status {status}")
    return wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def spread(values):
    low, _, high = statistics.quantiles(values, n=4)
    return f"{statistics.median(values):.2f} ({low:.2f}-{high:.2f})"


def measure(programs, rounds):
    print(f"\nstart-up: spawn to exit, median (quartiles) of {rounds} interleaved runs")
    times = {program: [] for program in programs}
    memory = {program: [] for program in programs}
    with Daemon() as environment, open(os.devnull, "wb") as null:
        for number in range(rounds + WARM_UP_ROUNDS):
            for program in programs:
                once = spawned(program, environment, null.fileno())
                if number >= WARM_UP_ROUNDS:
                    times[program].append(once)
        for _ in range(11):
            for program in programs:
                run = subprocess.run([program, "memory"], env=environment, capture_output=True,
                                     text=True, check=True)
                memory[program].append([int(word) for word in run.stdout.split()])
    base = programs[0]
    wall = {p: statistics.median(one[0] for one in times[p]) for p in programs}
    cpu = {p: statistics.median(one[1] for one in times[p]) for p in programs}
    print(f"{'program':<22}{'wall ms':>22}{'added':>8}{'CPU ms':>22}{'added':>8}  "
          f"(limit: {STARTUP_LIMIT_MS} added)")
    for program in programs:
        print(f"{program.name:<22}{spread([one[0] for one in times[program]]):>22}"
              f"{wall[program] - wall[base]:>8.2f}{spread([one[1] for one in times[program]]):>22}"
              f"{cpu[program] - cpu[base]:>8.2f}")
    print(f"\nmemory at the end, bytes, median of 11 (limit: {MEMORY_LIMIT:,} added)")
    print(f"{'program':<22}{'resident':>12}{'added':>12}{'anonymous':>12}{'added':>12}")
    middle = {p: [int(statistics.median(column)) for column in zip(*memory[p])] for p in programs}
    for program in programs:
        resident, anonymous = middle[program]
        print(f"{program.name:<22}{resident:>12,}{resident - middle[base][0]:>12,}"
              f"{anonymous:>12,}{anonymous - middle[base][1]:>12,}")
    return [f"memory of {program.name}" for program in programs
            if middle[program][0] - middle[base][0] > MEMORY_LIMIT]


def measure_first_header(rounds=9):
    """CPU, for the wall says more about the machine's load; the compilers take turns."""
    root = pathlib.Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root / "tests" / "consumers"))
    import headers
    times = ([], [])
    command = ["g++", "-std=c++20", "-fsyntax-only", "-I", root / "include", "-x", "c++", "-"]
    for _ in range(rounds):
        for text, into in zip(headers.first_header(root / "include"), times):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, input=text, text=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            into.append((after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3)
    standard, whole = times
    print(f"\n{headers.FIRST}, CPU ms to compile, median (quartiles) of {rounds} interleaved runs")
    added = statistics.median(whole) - statistics.median(standard)
    print(f"standard headers alone {spread(standard)}, with it {spread(whole)}, added {added:.0f} "
          f"(limit: {HEADER_LIMIT_MS})")


def main():
    parser = argparse.ArgumentParser(description="what the library adds to a minimal program")
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    baseline = given.bin / "footprint_baseline"
    others = [given.bin / "footprint_aloft", given.bin / "footprint_aloft_gc"]
    too_much = judge(baseline, others)
    if not given.gate:
        too_much += measure([baseline, *others], given.rounds)
        measure_first_header()
    for one in too_much:
        print(f"above the limit: {one}")
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
