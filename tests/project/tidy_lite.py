# SPDX-License-Identifier: Apache-2.0
"""The habits that a few regular expressions can hold: sizes, banned calls, words.

clang-tidy does the rest. A permission stands in this file, beside its reason, or nowhere.
"""
import re

import checks

LINE_COLUMNS, HEADER_LINES, SOURCE_LINES, HARD_STOP = 100, 250, 400, 600
CODE = (".cpp", ".hpp", ".ts", ".tsx", ".py")

# Files above their usual size (the hard stop holds for them too), and why.
LARGE = {
    "tests/telemetry/redactor_negatives.hpp": "one table of what must stay",
    "tests/telemetry/redactor_positives.hpp": "one table of what must go",
}

# Banned calls: pattern, where it is looked for, which files may, what to use instead.
BANNED = [
    (r"\b(?:secure_)?getenv\s*\(", ("include", "src", "examples"),
     ("src/core/environment_variables.cpp",),
     "variables are read in src/core/environment_variables.cpp"),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|\bsleep\s*\(",
     ("include", "src", "tests", "examples"), ("src/core/clock.cpp",),
     "wait with a Clock"),
    (r"\bsystem_clock\s*::\s*now\b", ("include", "src", "tests", "examples"),
     ("src/core/clock.cpp",), "ask the Clock"),
    (r"\bs?rand\s*\(\s*\)|\bsrand\s*\(", ("include", "src", "tests", "examples", "bench"), (),
     "ask the Random of the platform"),
    (r"\bstd\s*::\s*(?:cout|cerr|clog)\b|\b(?:printf|fprintf|puts|fputs|putchar|perror)\s*\(",
     ("include", "src"), ("src/console/main.cpp", "src/doctor/main.cpp"),
     "a library says it through Diagnostics"),
    (r"\bstd\s*::\s*regex\b|#\s*include\s*<regex>", ("include", "src"), (),
     "std::regex overflows the stack on hostile input"),
]

TODO = re.compile(r"\bTODO\b(?!\((?:security|perf|cleanup|test)\): .*#\d+)")
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:work|home|root|Users)/[A-Za-z.]")
REGISTRY = re.compile(
    r"\b(?:registry\.(?:npmjs|yarnpkg)|(?:deb|security|ftp)\.debian|pypi|files\.pythonhosted"
    r"|(?:static|index)\.crates|proxy\.golang|repo1?\.maven)\.(?:org|com|io)\b")


def limit_of(name):
    return HEADER_LINES if name.endswith(".hpp") else SOURCE_LINES


def check_shape(name, content):
    """Sizes, the licence line, the include guard."""
    lines = content.splitlines()
    if len(lines) > HARD_STOP:
        yield f"{name}: {len(lines)} lines; {HARD_STOP} is the hard stop"
    elif len(lines) > limit_of(name) and name not in LARGE:
        yield f"{name}: {len(lines)} lines; split it at a seam below {limit_of(name)}"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_COLUMNS:
            yield f"{name}:{number}: {len(line)} columns; {LINE_COLUMNS} is the limit"
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
        yield f"{name}: no SPDX line at its top"
    if name.endswith(".hpp") and not re.search(r"^#pragma once$", content, re.M):
        yield f"{name}: no #pragma once"


def check_calls(name, content):
    """Calls that only one file may make."""
    code = checks.without_comments(content)
    for pattern, folders, permitted, instead in BANNED:
        if not name.startswith(tuple(f"{folder}/" for folder in folders)) or name in permitted:
            continue
        for match in re.finditer(pattern, code):
            number = code.count("\n", 0, match.start()) + 1
            yield f"{name}:{number}: {match.group(0).strip()}: {instead}"


def check_words(name, content):
    """Words that belong in no file: open ends without an issue, and places of one machine."""
    for number, line in enumerate(content.splitlines(), 1):
        if TODO.search(line) and name.endswith((".cpp", ".hpp", ".ts", ".tsx")):
            yield f"{name}:{number}: a TODO is TODO(security|perf|cleanup|test): … #issue"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine"
        if REGISTRY.search(line):
            yield f"{name}:{number}: the host of a package registry"


def check(root):
    problems = []
    for name in checks.files(root):
        if "/corpus/" in name or name.endswith((".png", ".bin", ".gz", ".woff2")):
            continue
        content = checks.text(root, name)
        problems += check_words(name, content)
        if name.startswith("src/console/page/dist/") or not name.endswith(CODE):
            continue
        problems += check_shape(name, content)
        if name.endswith(checks.CPP):
            problems += check_calls(name, content)
    return problems


if __name__ == "__main__":
    checks.run(check)
