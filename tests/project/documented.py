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


def check_options(root):
    names = [name for name in public_headers(root, "include/aloft") if "/testing" not in name]
    fields = {field for field in headers.read(root, *names).fields
              if re.fullmatch(r"(?:\w+::)*\w+Options::\w+", field)}
    yield from compare(OPTIONS, fields, first_cells(checks.text(root, OPTIONS)), "option")


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
