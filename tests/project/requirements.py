# SPDX-License-Identifier: Apache-2.0
"""Every row of tests/requirements.tsv must name a proof that exists.

A row is id, requirement, proof, with tabs between. Several proofs are joined with ", ":
  test:Suite.Name   a GoogleTest case       ctest:name   an entry of ctest
  page:title        a test of the page      budget:name  a row of tests/budgets/budgets.tsv
  bench:name        a benchmark             file:path    a file that is itself the thing required
  refused:reason    a requirement that was turned down, and why (never joined)
The tests that docs/threat-model.md names must exist too.
"""
import pathlib
import re

import checks

TABLE = "tests/requirements.tsv"
THREATS = "docs/threat-model.md"
GTEST = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)")
CTEST = re.compile(r"\b(?:aloft_add_test|aloft_add_fuzzer|add_test)\s*\(\s*(?:NAME\s+)?([\w.${}]+)")
PROJECT_CHECK = re.compile(r"\baloft_add_(check|self_test)\s*\(\s*(\w+)")
CONSUMER = re.compile(r"\baloft_add_consumer\s*\(\s*(\w+)")
LINK_CHECK = re.compile(r"\baloft_add_link_check\s*\(\s*(\w+)")
FOREACH = re.compile(r"\bforeach\s*\(\s*(\w+)([^)]*)\)(.*?)\bendforeach\s*\(", re.S)
BENCHMARK = re.compile(r"\bBENCHMARK(?:_F|_DEFINE_F)?\s*\(\s*([\w:]+)")
PAGE_TEST = re.compile(r"\b(?:test|it)\(\s*(['\"`])(.*?)\1\s*,", re.S)


def unroll(match):
    """The body of a CMake foreach over a literal list, once for each of its words."""
    variable, words, body = match.groups()
    return "".join(body.replace(f"${{{variable}}}", word) for word in words.split())


def known_proofs(root):
    """All names that a proof may give, as `kind:name`."""
    known = set()
    for name in checks.files(root, *checks.CPP, under=("tests", "examples", "bench")):
        source = checks.without_comments(checks.text(root, name))
        known |= {f"test:{suite}.{case}" for suite, case in GTEST.findall(source)}
        if name.startswith("bench/"):
            known |= {f"bench:{found}" for found in BENCHMARK.findall(source)}
    for name in checks.files(root, "CMakeLists.txt"):
        content = re.sub(r"#[^\n]*", "", checks.text(root, name))
        content = FOREACH.sub(unroll, content)
        known |= {f"ctest:{found}" for found in CTEST.findall(content)}
        known |= {f"ctest:consumers.{found}" for found in CONSUMER.findall(content)}
        known |= {f"ctest:link_{found}" for found in LINK_CHECK.findall(content)}
        for kind, found in PROJECT_CHECK.findall(content):
            known |= {f"ctest:project.{found}_test"} | (
                {f"ctest:project.{found}"} if kind == "check" else set())
    for name in checks.files(root, ".ts", ".tsx", ".mjs", ".js",
                             under=("src/console/page", "tests/console/page")):
        if "test" in name or "spec" in name:
            known |= {f"page:{title}" for _, title in PAGE_TEST.findall(checks.text(root, name))}
    if "tests/budgets/budgets.tsv" in checks.files(root, "budgets.tsv"):
        for line in checks.text(root, "tests/budgets/budgets.tsv").splitlines():
            if line and not line.startswith("#"):
                known.add("budget:" + line.split("\t")[0])
    return known


def judge(root, proof, known):
    """What is wrong with one proof; None if it is there."""
    kind, colon, name = proof.partition(":")
    if not colon or not name.strip():
        return f"'{proof}' names nothing"
    if kind == "refused":
        return None if len(name.strip()) >= 10 else "a refusal says why"
    if kind == "file":
        return None if (pathlib.Path(root) / name).exists() else f"there is no file {name}"
    if kind not in ("test", "ctest", "page", "budget", "bench"):
        return f"'{kind}' is no kind of proof"
    return None if proof in known else f"there is no {proof}"


def check_threats(root, known):
    """The proofs of the threat model: `Suite.Name` in code marks."""
    if not (pathlib.Path(root) / THREATS).exists():
        return
    for name in re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", checks.text(root, THREATS)):
        if f"test:{name}" not in known:
            yield f"{THREATS}: there is no test {name}"


def check(root):
    problems, seen, known = [], {}, known_proofs(root)
    for number, line in enumerate(checks.text(root, TABLE).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{TABLE}:{number}"
        cells = line.split("\t")
        if len(cells) != 3 or not all(cell.strip() for cell in cells):
            problems.append(f"{where}: a row is id, requirement, proof, with tabs between")
            continue
        identity, _, proofs = (cell.strip() for cell in cells)
        if identity in seen:
            problems.append(f"{where}: id {identity} is also on line {seen[identity]}")
        seen[identity] = number
        single = proofs.startswith(("refused:", "page:"))
        for proof in [proofs] if single else proofs.split(", "):
            why = judge(root, proof, known)
            if why:
                problems.append(f"{where}: {identity}: {why}")
    if not seen and not problems:
        problems.append(f"{TABLE}: no rows")
    return problems + list(check_threats(root, known))


if __name__ == "__main__":
    checks.run(check)
