# SPDX-License-Identifier: Apache-2.0
"""CHANGELOG.md keeps its shape: Unreleased first, then dated versions, entries tagged by area."""
import re

import checks

CHANGELOG = "CHANGELOG.md"
AREAS = {"core", "telemetry", "resilience", "http", "http_client", "http_server", "aws", "lambda",
         "console", "page", "testing", "examples", "project", "docs"}
VERSION = re.compile(r"^## (?:Unreleased|\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2})$")
ENTRY = re.compile(r"^- \[(\w+)\] (?:\*\*Behaviour change\*\* )?\S.*$")


def check(root):
    problems = []
    lines = checks.text(root, CHANGELOG).splitlines()
    if not lines or lines[0] != "# Changelog":
        problems.append(f"{CHANGELOG}: its first line is '# Changelog'")
    heads = [line for line in lines if line.startswith("## ")]
    if not heads or heads[0] != "## Unreleased":
        problems.append(f"{CHANGELOG}: its first section is '## Unreleased'")
    for number, line in enumerate(lines, 1):
        if line.startswith("## ") and not VERSION.match(line):
            problems.append(f"{CHANGELOG}:{number}: a section is '## 1.2.3 - 2026-01-31'")
        if line.startswith(("- ", "* ")):
            entry = ENTRY.match(line)
            if not entry:
                problems.append(f"{CHANGELOG}:{number}: an entry is '- [area] what changed'")
            elif entry.group(1) not in AREAS:
                problems.append(f"{CHANGELOG}:{number}: there is no area '{entry.group(1)}'")
    return problems


if __name__ == "__main__":
    checks.run(check)
