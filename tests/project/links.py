# SPDX-License-Identifier: Apache-2.0
"""Every relative link of the documents leads to a file, and its anchor to a heading."""
import pathlib
import re

import checks

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)


def without_code(content):
    content = re.sub(r"^(```|~~~).*?^\1", "", content, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", lambda match: "x" * len(match.group(0)), content)


def anchors(content):
    """The anchors of a document's headings, made as the usual renderers make them."""
    found, counts = set(), {}
    for heading in HEADING.findall(re.sub(r"^(```|~~~).*?^\1", "", content, flags=re.S | re.M)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        again = counts.get(slug, 0)
        counts[slug] = again + 1
        found.add(f"{slug}-{again}" if again else slug)
    return found


def check(root):
    problems = []
    root = pathlib.Path(root)
    for name in checks.files(root, ".md"):
        content = checks.text(root, name)
        for target in LINK.findall(without_code(content)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (root / name).parent / path if path else root / name
            if not there.exists():
                problems.append(f"{name}: there is no {target}")
            elif anchor and there.suffix == ".md":
                if anchor not in anchors(there.read_text(encoding="utf-8")):
                    problems.append(f"{name}: {path or name} has no heading #{anchor}")
    return problems


if __name__ == "__main__":
    checks.run(check)
