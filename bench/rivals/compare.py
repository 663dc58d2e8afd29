#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU of the whole process per span, Aloft beside opentelemetry-cpp, both over OTLP/HTTP with gzip.

    bench/rivals/compare.py BIN_FOLDER RIVAL_PROGRAM [--rounds 7] [--rate 5000] [--seconds 5]

Both send to one console; the rounds alternate. Printed are medians and quartiles of user and
system time a span, and the ratio of the medians. A program whose library does not say that every
span was delivered fails, and so does a ratio above 1/5. Not measured: the receiver, memory,
latency.
"""
import argparse
import pathlib
import socket
import statistics
import subprocess
import sys
import time

RATIO_LIMIT = 0.2


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until_it_listens(port):
    for _ in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("the console did not start")


def one_run(program, url, args):
    done = subprocess.run([program, url, str(args.rate), str(args.seconds)], check=True,
                          capture_output=True, text=True)
    words = done.stdout.split()
    figures = dict(zip(words[::2], map(float, words[1::2])))
    if figures["delivered"] != figures["spans"]:
        sys.exit(f"{program}: {done.stdout.strip()}: not every span was delivered\n{done.stderr}")
    return figures["cpu_us_per_span"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("rival", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rate", type=int, default=5000, help="requests of three spans a second")
    parser.add_argument("--seconds", type=int, default=5)
    args = parser.parse_args()

    http, xray = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    console = subprocess.Popen(
        [args.bin / "aloft-console", "--memory", "--http", f"127.0.0.1:{http}",
         "--xray", f"127.0.0.1:{xray}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_listens(http)
        url = f"http://127.0.0.1:{http}/v1/traces"
        programs = {"aloft": args.bin / "otlp_aloft", "opentelemetry-cpp": args.rival}
        figures = {name: [] for name in programs}
        for turn in range(args.rounds):
            for name in sorted(programs, reverse=turn % 2 == 1):
                figures[name].append(one_run(programs[name], url, args))
    finally:
        console.terminate()
        console.wait()

    print(f"{args.rounds} rounds of {args.rate * args.seconds * 3} spans at {args.rate * 3} a "
          "second, microseconds of CPU a span, median (quartiles)")
    for name, values in figures.items():
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{name:18} {middle:8.3f} ({low:.3f}-{high:.3f})")
    ratio = statistics.median(figures["aloft"]) / statistics.median(figures["opentelemetry-cpp"])
    print(f"ratio {ratio:.3f} (limit: {RATIO_LIMIT})")
    sys.exit(ratio > RATIO_LIMIT)


if __name__ == "__main__":
    main()
