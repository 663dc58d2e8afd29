# SPDX-License-Identifier: Apache-2.0
"""C++ in a document that names its source is code that is compiled.

A document with a line `<!-- compiled: FOLDER -->` promises that each of its ```cpp blocks stands,
line by line and indentation apart, in one source of that folder.
"""
import re

import checks

MARK = re.compile(r"^<!-- compiled: (\S+) -->$", re.M)
BLOCK = re.compile(r"^```cpp\n(.*?)^```", re.S | re.M)


def lines(content):
    return [line.strip() for line in content.strip("\n").split("\n")]


def stands_in(block, source):
    width = len(block)
    return any(source[at:at + width] == block for at in range(len(source) - width + 1))


def check(root):
    problems = []
    for name in checks.files(root, ".md"):
        content = checks.text(root, name)
        mark = MARK.search(content)
        if not mark:
            continue
        folder = mark.group(1)
        sources = [lines(checks.text(root, source))
                   for source in checks.files(root, *checks.CPP, under=(folder,))]
        if not sources:
            problems.append(f"{name}: there is no source in {folder}")
            continue
        for block in BLOCK.finditer(content):
            wanted = lines(block.group(1))
            if not any(stands_in(wanted, source) for source in sources):
                at = content.count("\n", 0, block.start()) + 1
                problems.append(f"{name}:{at}: this code is not in {folder}: {wanted[0]}")
    return problems


if __name__ == "__main__":
    checks.run(check)
