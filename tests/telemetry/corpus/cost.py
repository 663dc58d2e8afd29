#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions per byte of the redactor of logs, for each class of the corpus.

    cost.py PROGRAM FILE...

callgrind counts two numbers of rounds; their difference over the bytes between is the cost, so that
start-up and reading the files cancel. PROGRAM is a release build of redaction_corpus.
"""
import re
import subprocess
import sys
import tempfile

CLASSES = ["pan", "cvv", "pin", "password", "credential", "userinfo", "email", "phone", "ssn",
           "account", "personal", "none"]
FEW, MANY = 2, 12


def count(program, files, name, rounds):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(["valgrind", "--tool=callgrind",
                              f"--callgrind-out-file={folder}/out", program, "--class", name,
                              "--rounds", str(rounds), *files],
                             capture_output=True, text=True, check=True)
    return (int(re.search(r"Collected : (\d+)", run.stderr).group(1)),
            int(re.search(r"^bytes (\d+)$", run.stdout, re.M).group(1)))


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    program, *files = arguments
    print(f"{'class':<12}{'instructions a byte':>20}")
    for name in CLASSES:
        few, few_bytes = count(program, files, name, FEW)
        many, many_bytes = count(program, files, name, MANY)
        if many_bytes == few_bytes:
            print(f"{name:<12}{'no texts':>20}")
        else:
            print(f"{name:<12}{(many - few) / (many_bytes - few_bytes):>20.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
