# SPDX-License-Identifier: Apache-2.0
"""Every dependency stands in THIRD_PARTY_NOTICES.md, under a licence of the allow-list.

The table's columns are name, version, licence, used by, found as. What CMake finds
(find_package, pkg_check_modules) and what package.json names must stand in a "found as" cell, and
every package of a lock file must carry an allowed licence.
"""
import json
import re

import checks

NOTICES = "THIRD_PARTY_NOTICES.md"
# Licences of what may be linked or shipped, as SPDX names.
ALLOWED = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "ISC", "Zlib",
           "0BSD", "blessing", "curl", "Unlicense", "PostgreSQL", "CC0-1.0", "BlueOak-1.0.0",
           "Python-2.0"}
# Tools that only run beside the tests are not shipped; a file-level copyleft does not reach us.
ALLOWED_FOR_TOOLS = ALLOWED | {"MPL-2.0", "CC-BY-4.0", "Apache-2.0 WITH LLVM-exception"}
# What find_package names without bringing in any code.
NO_DEPENDENCY = {"Threads", "Python3", "Git", "PkgConfig", "aloft"}


def allowed(licence, allow_list):
    """Whether an SPDX expression is met: one of its alternatives, all of what it joins."""
    words = licence.strip("()")
    if words in allow_list:
        return True
    if " OR " in words:
        return any(allowed(one, allow_list) for one in words.split(" OR "))
    if " AND " in words:
        return all(allowed(one, allow_list) for one in words.split(" AND "))
    return False


def rows(content):
    """The rows of the table, as lists of cells, without its head."""
    table = [[cell.strip() for cell in line.strip().strip("|").split("|")]
             for line in content.splitlines() if line.startswith("|")]
    return [row for row in table[2:] if len(row) >= 5]


def needed(root):
    """What the tree depends on, as (how it is found, the file that says so)."""
    for name in checks.files(root, "CMakeLists.txt", ".cmake"):
        content = re.sub(r"#[^\n]*", "", checks.text(root, name))
        for package in re.findall(r"\bfind_(?:package|dependency)\s*\(\s*(\w+)", content):
            if package not in NO_DEPENDENCY:
                yield f"find_package({package})", name
        for call in re.findall(r"\bpkg_(?:check|search)_module[s]?\s*\(\s*\w+([^)]*)\)", content):
            for word in call.split():
                if not word.isupper():
                    yield f"pkg:{re.split('[<>=]', word)[0]}", name
    for name in checks.files(root, "package.json"):
        package = json.loads(checks.text(root, name))
        for kind in ("dependencies", "devDependencies"):
            for dependency in package.get(kind, {}):
                yield f"npm:{dependency}", name


def check_locks(root):
    for name in checks.files(root, "package-lock.json"):
        for path, entry in json.loads(checks.text(root, name)).get("packages", {}).items():
            if not path or entry.get("link"):
                continue
            licence = entry.get("license", "none stated")
            allow_list = ALLOWED_FOR_TOOLS if entry.get("dev") else ALLOWED
            if not allowed(licence, allow_list):
                yield f"{name}: {path.split('node_modules/')[-1]}: licence {licence}"


def check(root):
    problems = []
    table = rows(checks.text(root, NOTICES))
    found_as = {word.strip("`") for row in table for word in re.split(r",\s*", row[4])}
    for row in table:
        tool = row[3].startswith(("tests", "build"))
        if not allowed(row[2], ALLOWED_FOR_TOOLS if tool else ALLOWED):
            problems.append(f"{NOTICES}: {row[0]}: licence {row[2]} is not allowed")
    for dependency, name in sorted(set(needed(root))):
        if dependency not in found_as:
            problems.append(f"{name}: {dependency} has no row in {NOTICES}")
    return problems + list(check_locks(root))


if __name__ == "__main__":
    checks.run(check)
