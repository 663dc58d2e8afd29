#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds one project of someone else and runs its programs, as its owner would.

    consume.py cmake PROJECT BUILD_FOLDER [-D NAME=VALUE]… --run PROGRAM… [--plain PROGRAM]…
    consume.py pkg-config SOURCE BUILD_FOLDER --prefix PREFIX --modules MODULE… [--plain]

A --run that begins with aloft_ is a library of ours, built and not run. A program named by --plain
may need no shared library but those of C and C++ (with --library NAME, also that one). Each project
is configured afresh; what was compiled before is kept.
"""
import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "project" / "link"))
import link  # noqa: E402  (the folder above is not a package)


# For a whole tree on a busy machine; ctest's own limit is below it.
TIMEOUT_SECONDS = 900


class Failed(Exception):
    """A step went wrong; what it said is the message."""


def execute(command, **more):
    print("+", shlex.join(map(str, command)), flush=True)
    try:
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                             timeout=TIMEOUT_SECONDS, **more)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"not done after {TIMEOUT_SECONDS} s") from late
    if run.returncode != 0:
        raise Failed(f"exit {run.returncode}\n{run.stdout}{run.stderr}")
    return run.stdout


def require_plain(program, allowed):
    dynamic = execute(["readelf", "--dynamic", "--wide", program])
    found = list(link.problems(dynamic, "", allowed, []))
    if found:
        raise Failed(f"{program}: {', '.join(found)}")


def from_cmake(given):
    build = pathlib.Path(given.build)
    command = ["cmake", "--fresh", "-G", "Ninja", "-S", given.project, "-B", build,
               *(f"-D{one}" for one in given.define)]
    if shutil.which("ccache"):
        command.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    execute(command)
    execute(["cmake", "--build", build, "--target", *given.run])
    for program in [one for one in given.run if not one.startswith("aloft_")]:
        print(execute([*shlex.split(given.emulator), build / program]).strip())
    for program in given.plain:
        require_plain(build / program, given.library)


def from_pkg_config(given):
    folders = sorted(pathlib.Path(given.prefix).glob("lib*/**/pkgconfig"))
    environment = {**os.environ, "PKG_CONFIG_PATH": ":".join(map(str, folders))}
    words = execute(["pkg-config", "--print-errors", "--cflags", "--libs", *given.modules],
                    env=environment).split()
    flags = [word for word in words if not word.startswith(("-l", "-L"))]
    libraries = [word for word in words if word.startswith(("-l", "-L"))]
    # Where a shared library is found at run time is the program's business, not pkg-config's.
    libraries += [f"-Wl,-rpath,{word[2:]}" for word in libraries if word.startswith("-L")]
    build = pathlib.Path(given.build)
    build.mkdir(parents=True, exist_ok=True)
    program = build / pathlib.Path(given.source).stem
    execute([given.compiler, "-std=c++20", "-O1", given.source, *flags, *libraries, "-o", program])
    print(execute([program]).strip())
    require_plain(program, given.library)


def main():
    parser = argparse.ArgumentParser(description="builds and runs a project of someone else")
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("cmake")
    one.add_argument("project")
    one.add_argument("build")
    one.add_argument("-D", dest="define", action="append", default=[])
    one.add_argument("--run", nargs="+", required=True)
    one.add_argument("--plain", nargs="*", default=[])
    one.add_argument("--library", nargs="*", default=[])
    one.add_argument("--emulator", default="")
    one.set_defaults(act=from_cmake)
    one = kinds.add_parser("pkg-config")
    one.add_argument("source")
    one.add_argument("build")
    one.add_argument("--prefix", required=True)
    one.add_argument("--modules", nargs="+", required=True)
    one.add_argument("--library", nargs="*", default=[])
    one.add_argument("--compiler", default="c++")
    one.set_defaults(act=from_pkg_config)
    given = parser.parse_args()
    try:
        given.act(given)
    except Failed as why:
        print(why)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
