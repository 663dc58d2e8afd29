#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sums up one `make test`: scripts/sum_results.py RESULTS_FOLDER.

Reads ctest's report, the reports of the GoogleTest programs (one entry of ctest holds many
tests), and the closing lines of the page's tests. A program that crashed, a stage that
failed without a count, and a stage without tests each count as one. Prints what failed and what
was skipped, which is neither passed nor failed, then `N passed, N failed` and, when any were,
`, N skipped`; the exit code is 1 if anything failed or nothing ran.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

# How node's test runner closes, in either of its styles; a stage may run several files.
PASSED = re.compile(r"^(?:#|\u2139) pass (\d+)$", re.M)
FAILED = re.compile(r"^(?:#|\u2139) (?:fail|cancelled) (\d+)$", re.M)
SKIPPED = re.compile(r"^(?:#|\u2139) (?:skipped|todo) (\d+)$", re.M)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def of_ctest(folder):
    """Yields (name, passed, failed, skipped) for each entry of ctest."""
    report = folder / "ctest.xml"
    if not report.exists():
        return
    for case in xml.parse(report).getroot().iter("testcase"):
        name, good = case.get("name"), case.get("status") == "run"
        passed, failed, skipped = (1, 0, 0) if good else (0, 1, 0)
        detail = folder / "gtest" / f"{name}.xml"
        if detail.exists():
            suites = xml.parse(detail).getroot()
            bad = int(suites.get("failures", 0)) + int(suites.get("errors", 0))
            skipped = sum(one.get("result") in ("skipped", "suppressed")
                          for one in suites.iter("testcase"))
            passed = int(suites.get("tests", 0)) - bad - skipped
            failed = bad if good else max(bad, 1)
        yield name, passed, failed, skipped


def of_steps(folder):
    """Yields (name, passed, failed, skipped) for each stage but ctest, which is counted above."""
    for code_file in sorted((folder / "steps").glob("*.code")):
        name, good = code_file.stem, code_file.read_text().strip() == "0"
        if name == "ctest" and (folder / "ctest.xml").exists():
            continue
        text = COLOURS.sub("", (folder / "steps" / f"{name}.log").read_text(errors="replace"))
        passed = sum(map(int, PASSED.findall(text)))
        failed = sum(map(int, FAILED.findall(text)))
        skipped = sum(map(int, SKIPPED.findall(text)))
        if passed + failed + skipped == 0:
            passed, failed = (1, 0) if good else (0, 1)
        yield name, passed, failed if good else max(failed, 1), skipped


def main(folder):
    all_passed = all_failed = all_skipped = 0
    for name, passed, failed, skipped in [*of_ctest(folder), *of_steps(folder)]:
        all_passed += passed
        all_failed += failed
        all_skipped += skipped
        if failed:
            print(f"failed: {name} ({failed} of {passed + failed + skipped})")
        if skipped:
            print(f"skipped: {name} ({skipped} of {passed + failed + skipped})")
    said = f", {all_skipped} skipped" if all_skipped else ""
    print(f"{all_passed} passed, {all_failed} failed{said}")
    return 1 if all_failed or not all_passed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
