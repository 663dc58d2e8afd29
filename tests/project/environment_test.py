# SPDX-License-Identifier: Apache-2.0
import unittest

from environment import READER, TABLE, check
from planting import Planting

HEAD = "| Variable | Meaning |\n|---|---|\n"


class Environment(Planting):
    def setUp(self):
        super().setUp()
        self.plant(READER, 'read("ALOFT_ENABLED");\nread("AWS_REGION");\n')

    def test_accepts_a_table_that_agrees(self):
        self.plant(TABLE, HEAD + "| `ALOFT_ENABLED` | on |\n| `AWS_REGION` | where |\n")
        self.expect_none(check)

    def test_refuses_a_variable_without_a_row(self):
        self.plant(TABLE, HEAD + "| `ALOFT_ENABLED` | on |\n")
        self.expect_one(check, "AWS_REGION", "no row")

    def test_refuses_a_row_that_nothing_reads(self):
        self.plant(TABLE, HEAD + "| `ALOFT_ENABLED` | on |\n| `AWS_REGION` | where |\n"
                                 "| `ALOFT_GHOST` | ? |\n")
        self.expect_one(check, "ALOFT_GHOST", "not read")


if __name__ == "__main__":
    unittest.main()
