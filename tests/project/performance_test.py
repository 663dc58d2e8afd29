# SPDX-License-Identifier: Apache-2.0
import unittest

from performance import DOCUMENT, TABLE, check
from planting import Planting

HEAD = "| Operation | Limit | Goal | Ours | Prototype |\n|---|---|---|---|---|\n"


class Performance(Planting):
    def setUp(self):
        super().setUp()
        self.plant(TABLE, "# head\ntelemetry/span\tinstructions\t15000\t400\t350\n")

    def test_accepts_numbers_that_agree(self):
        self.plant(DOCUMENT, HEAD + "| `telemetry/span` instructions | 15,000 | 400 | 350 | - |\n")
        self.expect_none(check)

    def test_refuses_a_number_that_nobody_measured(self):
        self.plant(DOCUMENT, HEAD + "| `telemetry/span` instructions | 15,000 | 400 | 100 | - |\n")
        self.expect_one(check, "is not")

    def test_refuses_a_row_without_a_budget(self):
        self.plant(DOCUMENT, HEAD + "| `telemetry/span` instructions | 15000 | 400 | 350 | - |\n"
                                    "| `telemetry/ghost` instructions | 1 | 1 | 1 | - |\n")
        self.expect_one(check, "has no row")

    def test_refuses_a_budget_that_is_not_told(self):
        self.plant(DOCUMENT, HEAD)
        self.expect_one(check, "is not told")


if __name__ == "__main__":
    unittest.main()
