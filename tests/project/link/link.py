# SPDX-License-Identifier: Apache-2.0
"""What a program drags in: link.py PROGRAM --allowed LIBRARY... --forbidden WORD...

Reads the shared libraries it needs (beyond those of C and C++) and the symbols it defines or asks
for, and fails on a library that is not allowed or a symbol that holds a forbidden word.
"""
import argparse
import re
import subprocess
import sys

# libstdc++, libm, libgcc_s, libc, the loader, and the runtimes of the sanitizers.
LANGUAGE = re.compile(r"(?:libstdc\+\+|libm|libgcc_s|libc|ld-linux[\w-]*|lib[atu]\w*san)\.so")


def needed(dynamic):
    """The shared libraries of `readelf --dynamic`, without those of the language."""
    found = re.findall(r"\(NEEDED\).*\[([^\]]+)\]", dynamic)
    return [name for name in found if not LANGUAGE.match(name)]


def problems(dynamic, symbols, allowed, forbidden):
    for name in needed(dynamic):
        if not any(name.startswith(f"{one}.so") for one in allowed):
            yield f"needs {name}"
    for word in forbidden:
        named = [line.split()[-1] for line in symbols.splitlines() if line and word in line]
        if named:
            yield f"names '{word}' {len(named)} times, e.g. {named[0]}"


def main():
    parser = argparse.ArgumentParser(description="what a program drags in")
    parser.add_argument("program")
    parser.add_argument("--allowed", nargs="*", default=[])
    parser.add_argument("--forbidden", nargs="*", default=[])
    given = parser.parse_args()
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", given.program],
                             capture_output=True, text=True, check=True).stdout
    symbols = subprocess.run(["nm", given.program], capture_output=True, text=True,
                             check=True).stdout
    found = list(problems(dynamic, symbols, given.allowed, given.forbidden))
    for problem in found:
        print(f"{given.program}: {problem}")
    return 1 if found or "(NEEDED)" not in dynamic or not symbols else 0


if __name__ == "__main__":
    sys.exit(main())
