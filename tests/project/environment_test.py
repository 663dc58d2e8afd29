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

    REFUSED = ("| `ALOFT_ENABLED` | on |\n| `AWS_REGION` | where |\n\n"
               "| Whose | Variable | Why not |\n|---|---|---|\n")

    def test_accepts_variables_of_others_with_a_reason(self):
        self.plant(TABLE, HEAD + self.REFUSED + "| Go | `AWS_XRAY_NOOP_ID` | ids are real |\n")
        self.expect_none(check)

    def test_refuses_a_refusal_of_what_is_read(self):
        self.plant(TABLE, HEAD + self.REFUSED + "| all | `OTEL_X`, `AWS_REGION` | not at all |\n")
        self.expect_one(check, "AWS_REGION", "said not to be read")

    def test_refuses_a_refusal_without_a_reason(self):
        self.plant(TABLE, HEAD + self.REFUSED + "| Go | `AWS_XRAY_NOOP_ID` | |\n")
        self.expect_one(check, "AWS_XRAY_NOOP_ID", "without a reason")

    def test_refuses_to_refuse_twice(self):
        self.plant(TABLE, HEAD + self.REFUSED + "| Go | `AWS_X`, `AWS_X` | ids are always real |\n")
        self.expect_one(check, "AWS_X", "twice")


if __name__ == "__main__":
    unittest.main()
