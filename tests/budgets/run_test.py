# SPDX-License-Identifier: Apache-2.0
"""The runner of the budgets fails on a program that costs too much: the program is a script."""
import contextlib
import io
import pathlib
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402

# Says `allocations` = 50 + COST x N, and two clock reads each: start-up must cancel.
PROGRAM = """#!/bin/sh
test "$1" = --case && test "$3" = --iterations || exit 64
test "$2" = span || exit 65
echo "allocations $((50 + COST * $4))"
echo "clock_calls $((2 * $4))"
echo "wakeups $((COST * $4))"
"""


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_with(self, cost, row, *flags):
        program = self.folder / "budget_telemetry"
        program.write_text(PROGRAM.replace("COST", str(cost)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.table = self.folder / "budgets.tsv"
        self.table.write_text("# head\n" + row + "\n")
        self.page = self.folder / "performance.md"
        self.page.write_text("| `telemetry/span` allocations | 4 | 2 | - | 21 |\n")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code = run.main([str(self.folder), "--table", str(self.table),
                             "--page", str(self.page), *flags])
        return code, out.getvalue()

    def test_accepts_what_is_within_limit_and_baseline(self):
        code, out = self.run_with(3, "telemetry/span\tallocations\t4\t2\t3")
        self.assertEqual(code, 0, out)
        self.assertIn("3.00", out)
        self.assertIn("2.00", out.splitlines()[1].split()[-1])

    def test_start_up_cancels(self):
        code, out = self.run_with(0, "telemetry/span\tallocations\t0\t0\t0")
        self.assertEqual(code, 0, out)

    def test_refuses_what_is_above_the_limit(self):
        code, out = self.run_with(5, "telemetry/span\tallocations\t4\t2\t-")
        self.assertEqual(code, 1)
        self.assertIn("above its limit 4", out)

    def test_refuses_what_is_five_percent_above_the_baseline(self):
        code, out = self.run_with(107, "telemetry/span\tallocations\t200\t2\t100")
        self.assertEqual(code, 1)
        self.assertIn("above its baseline 100", out)

    def test_judges_what_depends_on_time_by_its_limit_only(self):
        code, out = self.run_with(2, "telemetry/span\twakeups\t4\t0\t1")
        self.assertEqual(code, 0, out)

    def test_refuses_a_case_that_fails(self):
        code, out = self.run_with(0, "telemetry/gone\tallocations\t4\t2\t-")
        self.assertEqual(code, 1)
        self.assertIn("exit 65", out)

    def test_refuses_a_program_that_does_not_exist(self):
        code, _ = self.run_with(0, "attic/span\tallocations\t4\t2\t-")
        self.assertEqual(code, 1)

    def test_refuses_a_metric_it_does_not_know(self):
        code, out = self.run_with(0, "telemetry/span\tfeelings\t4\t2\t-")
        self.assertEqual(code, 1)
        self.assertIn("no metric", out)

    def test_refuses_an_empty_table(self):
        code, out = self.run_with(0, "# nothing")
        self.assertEqual(code, 1)
        self.assertIn("nothing was measured", out)

    def test_writes_baselines_where_asked(self):
        self.run_with(3, "telemetry/span\tallocations\t4\t2\t-", "--write-baselines")
        self.assertEqual(self.table.read_text(), "# head\ntelemetry/span\tallocations\t4\t2\t3\n")
        self.assertEqual(self.page.read_text(),
                         "| `telemetry/span` allocations | 4 | 2 | 3 | 21 |\n")

    def test_counts_instructions_and_system_calls_of_a_real_program(self):
        for measure in (run.callgrind, run.strace):
            count, _ = measure(["/bin/true"])
            self.assertGreater(count, 10)


if __name__ == "__main__":
    unittest.main()
