# SPDX-License-Identifier: Apache-2.0
import unittest

from planting import Planting
from requirements import check

TABLE = "tests/requirements.tsv"


class Requirements(Planting):
    def test_accepts_every_kind_of_proof_that_exists(self):
        self.plant("tests/core/a_test.cpp",
                   "TEST(Suite, Works) {}\nTYPED_TEST_P(Contract, Holds) {}\n")
        self.plant("tests/core/CMakeLists.txt",
                   "aloft_add_test(core_test)\naloft_add_check(links)\n"
                   "foreach(one a b)\n  aloft_add_fuzzer(fuzz_${one})\nendforeach()\n")
        self.plant("tests/budgets/budgets.tsv", "span\tinstructions\t800\n")
        self.plant("bench/span.cpp", "BENCHMARK(Span);\n")
        self.plant("src/console/page/test/list.test.ts", "test('shows, and sorts', () => {});\n")
        self.plant("NOTICE", "x")
        self.plant(TABLE, "# comment\n"
                          "A-1\tone\ttest:Suite.Works, test:Contract.Holds\n"
                          "A-2\ttwo\tctest:core_test, ctest:project.links_test, ctest:fuzz_b\n"
                          "A-3\tthree\tbudget:span, bench:Span, file:NOTICE\n"
                          "A-4\tfour\tpage:shows, and sorts\n"
                          "A-5\tfive\trefused:the service forbids it\n")
        self.expect_none(check)

    def test_refuses_a_test_that_does_not_exist(self):
        self.plant(TABLE, "A-1\tone\ttest:Suite.Works\n")
        self.expect_one(check, "there is no test:Suite.Works")

    def test_refuses_a_test_that_is_only_a_comment(self):
        self.plant("tests/a_test.cpp", "// TEST(Suite, Works) {}\n")
        self.plant(TABLE, "A-1\tone\ttest:Suite.Works\n")
        self.expect_one(check, "there is no test:Suite.Works")

    def test_refuses_a_row_that_names_nothing(self):
        self.plant(TABLE, "A-1\tone\ttest:\n")
        self.expect_one(check, "names nothing")

    def test_refuses_an_empty_proof(self):
        self.plant(TABLE, "A-1\tone\t \n")
        self.expect_one(check, "with tabs between")

    def test_refuses_a_kind_it_does_not_know(self):
        self.plant(TABLE, "A-1\tone\thope:surely\n")
        self.expect_one(check, "no kind of proof")

    def test_refuses_a_file_that_does_not_exist(self):
        self.plant(TABLE, "A-1\tone\tfile:NOTICE\n")
        self.expect_one(check, "no file NOTICE")

    def test_refuses_an_id_used_twice(self):
        self.plant("NOTICE", "x")
        self.plant(TABLE, "A-1\tone\tfile:NOTICE\nA-1\ttwo\tfile:NOTICE\n")
        self.expect_one(check, "also on line 1")

    def test_refuses_a_threat_whose_test_does_not_exist(self):
        self.plant("NOTICE", "x")
        self.plant(TABLE, "A-1\tone\tfile:NOTICE\n")
        self.plant("docs/threat-model.md", "| a | b | `Suite.Works`, `project.layering` |\n")
        self.expect_one(check, "there is no test Suite.Works")

    def test_refuses_an_empty_table(self):
        self.plant(TABLE, "# nothing\n")
        self.expect_one(check, "no rows")


if __name__ == "__main__":
    unittest.main()
