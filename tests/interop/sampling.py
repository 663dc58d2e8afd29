# SPDX-License-Identifier: Apache-2.0
"""Central sampling beside the X-Ray SDKs for Python and Go: `sampling.py BIN INTEROP`.

One scripted service of rules for each; the same requests at the same seconds. Each scenario has to
be decided and reported as central_sampling.py has stored it; where we differ on purpose, each as
the table says. The SDK for Node is in `make test`. BIN has central_samples, INTEROP what
scripts/interop has built.
"""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))
import peers  # noqa: E402: the tests of peers have what this shares
from central_sampling import AGREED, DIFFERENT, QUOTAS, SAME, as_the_sdks_count, walk  # noqa: E402


def peers_of(binaries, folder):
    python = [sys.executable, "-B", HERE / "python_sampling.py"]
    return {
        "ours": lambda steps: walk((binaries / "central_samples", "ADDRESS"), steps),
        "python": lambda steps: walk(python, steps, PYTHONPATH=str(folder / "python")),
        "go": lambda steps: walk((folder / "go-sampling",), steps)}


def outcome(good):
    return "agree" if good else "DIFFER"


def main(binaries, folder):
    ask, good = peers_of(binaries, folder), True
    print(f"{'scenario':<88}{'ours':>8}{'python':>8}{'go':>8}")
    for name, steps in {**SAME, **QUOTAS}.items():
        decided, reported = ask["ours"](steps)
        told = {"ours": (decided, as_the_sdks_count(reported)),
                "python": ask["python"](steps), "go": ask["go"](steps)}
        same = {who: one == AGREED[name] for who, one in told.items()}
        good &= all(same.values())
        print(f"{name:<88}" + "".join(f"{outcome(same[who]):>8}" for who in told))
        for who in (who for who in told if not same[who]):
            print(f"  agreed {AGREED[name]}\n  {who} {told[who]}")
    print("\nmeant to differ")
    for name, (steps, expected) in DIFFERENT.items():
        told = {who: walker(steps)[0] for who, walker in ask.items()}
        good &= all(told[who] == expected[who] for who in told)
        print(f"{name}: {told}")
    if not good:
        print("interop failed: central sampling is not what it was said to be", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    print(f"central sampling: {os.environ.get('PYTHON_PEER', 'Python SDK')}, "
          f"{os.environ.get('GO_PEER', 'Go SDK')}")
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()))
