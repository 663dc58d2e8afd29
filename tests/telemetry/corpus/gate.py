#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when the redactor misses a limit over the corpus, apart from what known_misses.txt lists.

    gate.py PROGRAM FILE...            judges the files, and whether they are as generate.py writes them
    gate.py PROGRAM --generated N      judges N texts of the held-out part that nobody has seen, and
                                       whether each known miss is one still
PROGRAM is redaction_corpus.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import by_disguise
import generate

UNSEEN_SEED = 40961
MIN_BARE = 1000  # of fewer ids their share says nothing: of 100, more than 3 are taken every third time


def known_misses():
    path = pathlib.Path(__file__).with_name("known_misses.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, disguise, text, why = line.split("\t")
            yield re.compile(name), re.compile(disguise), re.compile(text), why


def is_listed(line, miss):
    name, disguise, text = line.rstrip("\n").split("\t", 2)
    text = text.replace(generate.OPEN, "").replace(generate.CLOSE, "")
    return bool(miss[0].fullmatch(name) and miss[1].fullmatch(disguise) and miss[2].search(text))


def errors_of(program, lines):
    """How many of the texts are wrong, as logs see them, of how many."""
    report = by_disguise.report_of(program, lines)
    wrong = total = 0
    for _, hits, all_, _ in by_disguise.shares(report, "logs: recall"):
        wrong, total = wrong + all_ - hits, total + all_
    for name, hits, all_, _ in by_disguise.shares(report, "logs: texts without"):
        if name != "ordinary":
            wrong, total = wrong + hits, total + all_
    return wrong, total


def stale(program, lines):
    """Prints what is wrong with the rows of each known miss; answers those that are missed no more."""
    found = []
    for miss in known_misses():
        wrong, total = errors_of(program, [line for line in lines if is_listed(line, miss)])
        print(f"known: {wrong} of {total} wrong: {miss[3]}")
        if wrong == 0:
            found.append(miss[3])
    return found


def is_edited(name):
    """Whether a file says that it is generated, and is not what its own first line makes."""
    text = pathlib.Path(name).read_text(encoding="utf-8")
    told = re.match(r"# Written by generate\.py --part (\w+) --count (\d+)\n", text)
    if not told:
        return False
    part = told[1]
    return text[told.end():] != "".join(generate.rows(part, int(told[2]), generate.SEEDS[part]))


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    program, *files = arguments
    is_generated = files[0] == "--generated"
    if is_generated:
        lines = list(generate.rows("held_out", int(files[1]), UNSEEN_SEED))
    else:
        lines = [line for name in files
                 for line in pathlib.Path(name).read_text(encoding="utf-8").splitlines(keepends=True)
                 if line.strip() and not line.startswith("#")]
    mended = stale(program, lines) if is_generated else []
    edited = [] if is_generated else [name for name in files if is_edited(name)]
    misses = list(known_misses())
    judged = [line for line in lines if not any(is_listed(line, miss) for miss in misses)]
    bare = [line for line in judged if line.startswith("none\tbare16\t")]
    if len(bare) < MIN_BARE:
        print(f"{len(bare)} bare ids are too few to judge their share")
        judged = [line for line in judged if not line.startswith("none\tbare16\t")]
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8", newline="\n") as file:
        file.writelines(judged)
        file.flush()
        sys.stdout.flush()
        status = subprocess.run([program, file.name]).returncode
    for why in mended:
        print(f"no longer missed, delete its line in known_misses.txt: {why}")
    for name in edited:
        print(f"not what generate.py writes: {name}")
    return 1 if status or mended or edited else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
