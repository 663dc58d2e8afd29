# SPDX-License-Identifier: Apache-2.0
"""What the checks of the project itself share: the list of files, and how a check is run.

A check is a module with `check(root) -> list[str]`: the problems, one line each, none if all is
well. Beside it, NAME_test.py plants violations in an empty folder and expects them to be found.
"""
import os
import pathlib
import re
import subprocess
import sys

CPP = (".cpp", ".hpp")
SKIPPED_FOLDERS = {"build", "node_modules", ".git", "__pycache__"}


def files(root, *endings, under=()):
    """The project's files, as sorted paths relative to `root`; what git ignores is left out."""
    root = pathlib.Path(root)
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
        names = [name for name in listed if name and (root / name).is_file()]
    else:
        names = []
        for folder, folders, found in os.walk(root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            names += [str((pathlib.Path(folder) / name).relative_to(root)) for name in found]
    return sorted({name for name in names
                   if (not endings or name.endswith(endings))
                   and (not under or name.startswith(tuple(f"{u}/" for u in under)))})


def text(root, name):
    return (pathlib.Path(root) / name).read_text(encoding="utf-8", errors="replace")


def without_comments(source):
    """C++ text with comments and the insides of strings blanked; line numbers stay."""
    pattern = re.compile(
        r'R"([^\s()\\]{0,16})\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
        r"|'(?:\\.|[^'\\\n])+'", re.S)

    def blank(match):
        found = match.group(0)
        kept = '""' if found[0] in 'R"' else ""
        return kept + "\n" * found.count("\n")

    # A digit separator (1'000) must not open a character literal.
    return pattern.sub(blank, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "", source))


def run(check):
    """The main of each check: its argument is the folder of the project."""
    problems = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    sys.exit(1 if problems else 0)
