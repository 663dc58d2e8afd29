# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import pathlib
import sys
import unittest

from planting import Planting

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import sum_results  # noqa: E402

GOOD = '<testsuite><testcase name="core_test" status="run"/></testsuite>'
BAD = '<testsuite><testcase name="core_test" status="fail"/></testsuite>'


class SumResults(Planting):
    def sum(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code = sum_results.main(self.root)
        return code, out.getvalue().splitlines()[-1]

    def step(self, name, code, log):
        self.plant(f"steps/{name}.code", f"{code}\n")
        self.plant(f"steps/{name}.log", log)

    def test_counts_each_test_inside_a_program(self):
        self.plant("ctest.xml", GOOD)
        self.plant("gtest/core_test.xml", '<testsuites tests="7" failures="0" errors="0"/>')
        self.assertEqual(self.sum(), (0, "7 passed, 0 failed"))

    def test_counts_a_crash_as_a_failure(self):
        self.plant("ctest.xml", BAD)
        self.assertEqual(self.sum(), (1, "0 passed, 1 failed"))

    def test_adds_up_the_files_of_the_page(self):
        self.step("unit", 0, "# pass 3\n# fail 0\n# pass 4\n# fail 0\n")
        self.step("browser", 1, "\x1b[34m\u2139 pass 12\x1b[39m\n\x1b[34m\u2139 fail 1\x1b[39m\n")
        self.assertEqual(self.sum(), (1, "19 passed, 1 failed"))

    def test_counts_a_stage_that_failed_without_a_count(self):
        self.step("build", 1, "error: no such file\n")
        self.assertEqual(self.sum(), (1, "0 passed, 1 failed"))

    def test_counts_a_skipped_test_inside_a_program_apart(self):
        self.plant("ctest.xml", GOOD)
        self.plant("gtest/core_test.xml",
                   '<testsuites tests="3" failures="0" errors="0"><testsuite>'
                   '<testcase result="completed"/><testcase result="skipped"/>'
                   '<testcase result="suppressed"/></testsuite></testsuites>')
        self.assertEqual(self.sum(), (0, "1 passed, 0 failed, 2 skipped"))

    def test_counts_what_the_page_skipped_and_never_for_passed(self):
        self.step("browser", 0, "# pass 3\n# fail 0\n# cancelled 0\n# skipped 2\n# todo 1\n")
        self.assertEqual(self.sum(), (0, "3 passed, 0 failed, 3 skipped"))

    def test_fails_when_everything_was_skipped(self):
        self.step("browser", 0, "# pass 0\n# fail 0\n# skipped 2\n")
        self.assertEqual(self.sum(), (1, "0 passed, 0 failed, 2 skipped"))

    def test_fails_when_nothing_ran(self):
        self.assertEqual(self.sum(), (1, "0 passed, 0 failed"))


if __name__ == "__main__":
    unittest.main()
