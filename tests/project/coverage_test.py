# SPDX-License-Identifier: Apache-2.0
"""scripts/coverage without a compiler: what passes, what fails, and what it says of it."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/coverage"


def load():
    loader = importlib.machinery.SourceFileLoader("coverage_script", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


coverage = load()
SPAN, CHAIN = "src/telemetry/span.cpp", "src/http/middleware/a.cpp"
KEYS, WRITER = "src/telemetry/redact.cpp", "src/telemetry/format/writer.cpp"
AREA = {SPAN: "tracer", CHAIN: "middleware", KEYS: "redaction", WRITER: "formats"}


class Coverage(unittest.TestCase):
    def judge(self, lines=None, marks=None, **options):
        all_ran = {name: {1: 1, 2: 3} for name in AREA}
        return coverage.judge({**all_ran, **(lines or {})}, AREA, marks or {}, **options)

    def test_passes_where_every_line_ran(self):
        said, passed, failed = self.judge()
        self.assertEqual((passed, failed), (3, 0))
        self.assertIn("tracer         2 of     2 lines 100.00 %", said)

    def test_fails_for_one_line_that_did_not_run(self):
        lines = {number: 1 for number in range(1, 100_001)}
        said, passed, failed = self.judge({SPAN: {**lines, 7: 0, 8: 0, 9: 0, 12: 0}})
        self.assertEqual((passed, failed), (2, 1))
        self.assertIn(f"{SPAN}: 4 of 100000 lines: 7-9, 12", said)
        self.assertIn("tracer     99996 of 100000 lines  99.99 %", said)

    def test_only_reports_areas_without_a_gate(self):
        said, passed, failed = self.judge({WRITER: {1: 0, 2: 1}})
        self.assertEqual((passed, failed), (3, 0))
        self.assertIn("formats        1 of     2 lines  50.00 %  reported", said)
        self.assertNotIn(f"{WRITER}: 1 of 2 lines: 1", said)
        said, _, _ = self.judge({WRITER: {1: 0, 2: 1}}, reported=True)
        self.assertIn(f"{WRITER}: 1 of 2 lines: 1", said)

    def test_lists_a_marked_line_with_its_reason(self):
        said, passed, failed = self.judge({SPAN: {1: 1, 2: 0}}, {SPAN: {2: "no kernel does"}})
        self.assertEqual((passed, failed), (3, 0))
        self.assertIn("1 lines are marked as uncovered", said)
        self.assertIn(f"  {SPAN}:2: no kernel does", said)

    def test_fails_for_a_mark_on_a_line_that_ran(self):
        said, passed, failed = self.judge(marks={SPAN: {2: "no kernel does"}})
        self.assertEqual((passed, failed), (2, 1))
        self.assertIn(f"{SPAN}: marked as uncovered, but run or without code: 2", said)

    def test_fails_for_a_source_that_no_test_has(self):
        lines = {name: {1: 1} for name in AREA if name != KEYS}
        said, passed, failed = coverage.judge(lines, AREA, {})
        self.assertEqual((passed, failed), (2, 1))
        self.assertIn(f"{KEYS}: no test has it", said)

    def test_passes_for_a_source_that_ran_and_has_no_line_of_its_own(self):
        area = {**AREA, SPAN: "redaction"}
        lines = {SPAN: {1: 1}, CHAIN: {1: 1}, KEYS: {}}
        said, _, _ = coverage.judge(lines, area, {})
        self.assertNotIn(f"{KEYS}: no test has it", said)
        self.assertIn("redaction      1 of     1 lines 100.00 %", said)

    def test_knows_the_source_of_an_object(self):
        data = "src/telemetry/CMakeFiles/aloft_telemetry.dir/logs/lane.cpp.gcda"
        self.assertEqual(coverage.source_of(data), "src/telemetry/logs/lane.cpp")

    def test_reads_marks_with_a_reason_only(self):
        text = "a();  // uncovered: no kernel does\nb();\nc();  // uncovered:\n"
        self.assertEqual(coverage.marks_of(text), {1: "no kernel does"})

    def test_leaves_out_lines_of_closing_braces(self):
        text = "if (a) {\n  b();\n}\n});\n"
        self.assertEqual(coverage.without_braces({1: 1, 2: 1, 3: 0, 4: 0}, text), {1: 1, 2: 1})

    def test_knows_the_area_of_each_source(self):
        areas = coverage.area_of(SCRIPT.parent.parent)
        self.assertEqual(areas["src/telemetry/pipeline.cpp"], "tracer")
        self.assertEqual(areas["include/aloft/telemetry/span.hpp"], "tracer")
        self.assertEqual(areas["src/telemetry/redactor.cpp"], "redaction")
        self.assertEqual(areas["src/http/middleware/tracing.cpp"], "middleware")
        self.assertEqual(areas["src/telemetry/format/otlp.cpp"], "formats")
        self.assertEqual(areas["src/telemetry/logs/lane.cpp"], "logs")
        self.assertEqual(areas["include/aloft/telemetry/logger.hpp"], "logs")


if __name__ == "__main__":
    unittest.main()
