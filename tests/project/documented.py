# SPDX-License-Identifier: Apache-2.0
"""What the headers of tracing declare has a line in the documents, and no line tells of more.

A line is a row of a table; what it tells of stands in code marks in its first cell.
"""
import pathlib
import re

import checks
import headers

API = "docs/reference/tracing-api.md"
OPTIONS = "docs/reference/options.md"
TROUBLE = "docs/guides/troubleshoot-traces.md"
CONCEPTS = "docs/concepts.md"
ACCOUNTING = "include/aloft/telemetry/accounting.hpp"

# Whoever traces calls these; the adapters of `integrations` have a guide of their own.
API_FOLDER = "include/aloft/telemetry"
API_HEADERS = (
    "include/aloft/aws/central_sampler.hpp", "include/aloft/aws/detect.hpp",
    "include/aloft/aws/sampling_manifest.hpp", "include/aloft/aws/telemetry.hpp",
    "include/aloft/aws/xray_wire.hpp", "include/aloft/http/middleware/tracing.hpp",
    "include/aloft/http_client/otlp_exporter.hpp", "include/aloft/http_client/otlp_wire.hpp",
    "include/aloft/http_client/service_client.hpp")


def first_cells(content):
    """The code marks of the first cell of each row of a table."""
    told = set()
    for row in re.findall(r"^\|((?:[^|\n`]|`[^`\n]*`)*)\|", content, re.M):
        told |= set(re.findall(r"`([^`]+)`", row))
    return told


def compare(page, declared, told, what):
    yield from (f"{page}: there is no row for {what} {name}" for name in sorted(declared - told))
    yield from (f"{page}: {name} is no {what} of the headers" for name in sorted(told - declared))


def public_headers(root, folder):
    return [name for name in checks.files(root, ".hpp", under=(folder,)) if "/detail/" not in name]


def check_api(root):
    names = public_headers(root, API_FOLDER)
    names += [name for name in API_HEADERS if (pathlib.Path(root) / name).exists()]
    told = first_cells(checks.text(root, API))
    yield from compare(API, headers.read(root, *names).functions, told, "function")


def spellings(tokens):
    """How a document may write a default; empty when it cannot be compared, as that of a record."""
    text = "".join(tokens).replace("'", "")
    if time := re.fullmatch(r"std::chrono::(milliseconds|seconds|minutes|hours)\((\d+)\)", text):
        factor = {"milliseconds": 1, "seconds": 1_000, "minutes": 60_000, "hours": 3_600_000}
        units = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}
        length = int(time[2]) * factor[time[1]]
        return {f"{length // unit} {word}" for word, unit in units.items() if length % unit == 0}
    if size := re.fullmatch(r"(\d+)u?(?:<<(\d+)|((?:\*1024)+))", text):
        count = int(size[1]) << int(size[2] or 10 * size[3].count("*"))
        units = {"KiB": 10, "MiB": 20, "GiB": 30}
        return {f"{count >> shift} {word}" for word, shift in units.items()
                if count % (1 << shift) == 0}
    if re.fullmatch(r"\d+", text):
        return {f"{int(text):,}"}
    if re.fullmatch(r"\d+\.\d*", text):
        return {text}
    if word := re.fullmatch(r"(?:\w+::)*(?:\w+::(\w+)|(true|false))|\"(.+)\"", text):
        return {f"`{word[1] or word[2] or word[3]}`"}
    return set()


def check_options(root):
    names = [name for name in public_headers(root, "include/aloft") if "/testing" not in name]
    fields = {name: default for name, default in headers.read(root, *names).fields.items()
              if re.fullmatch(r"(?:\w+::)*\w+Options::\w+", name)}
    content = checks.text(root, OPTIONS)
    yield from compare(OPTIONS, set(fields), first_cells(content), "option")
    for name, default in re.findall(r"^\| `([\w:]+)` \|[^|\n]*\|([^|\n]*)\|$", content, re.M):
        accepted = spellings(fields.get(name, []))
        if accepted and not any(re.search(rf"(?<![\w.,]){re.escape(one)}(?![\w.,]*\d)", default)
                                for one in accepted):
            yield (f"{OPTIONS}: {name} is {' or '.join(sorted(accepted))}, "
                   "which its row does not say")


def check_trouble(root):
    """Every counter of the accounting explains itself, and so does every reason."""
    declared = headers.read(root, ACCOUNTING)
    reasons = {name.removeprefix("Reason::") for name in declared.enumerators
               if name.startswith("Reason::")}
    counters = {name.split("::")[1] for name in declared.fields}
    if not reasons or not counters:
        yield f"{ACCOUNTING}: no reason or no counter found"
    told = set(re.findall(r"`(\w+)`", "\n".join(
        row for row in checks.text(root, TROUBLE).splitlines() if row.startswith("|"))))
    for name in sorted((reasons | counters) - told):
        yield f"{TROUBLE}: no row explains {name}"
    said = set(re.findall(r"`(\w+)`", checks.text(root, CONCEPTS)))
    for name in sorted(reasons - said):
        yield f"{CONCEPTS}: the reason {name} is not named"


def check(root):
    return [*check_api(root), *check_options(root), *check_trouble(root)]


if __name__ == "__main__":
    checks.run(check)
