# SPDX-License-Identifier: Apache-2.0
import unittest

from performance import DOCUMENT, README, TABLE, check
from planting import Planting

HEAD = ("| Operation | Limit | Goal | Ours | Prototype | opentelemetry-cpp |\n"
        "|---|---|---|---|---|---|\n"
        "| `telemetry/span_8_annotations` instructions | 800 | 400 | 782 | 1 | 9,911 (-); 7 |\n")
CLAIM = ("It costs [{} instructions](docs/performance.md) for a span with eight\n"
         "annotations, where opentelemetry-cpp takes {}.\n")


class Performance(Planting):
    def setUp(self):
        super().setUp()
        self.plant(TABLE, "# head\ntelemetry/span\tinstructions\t15000\t400\t350\n"
                          "telemetry/span_8_annotations\tinstructions\t800\t400\t782\n")
        self.plant(README, CLAIM.format("782", "9,911"))

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

    def test_refuses_a_readme_that_says_another_number_or_none(self):
        self.plant(DOCUMENT, HEAD + "| `telemetry/span` instructions | 15,000 | 400 | 350 | - |\n")
        for ours, theirs in (("779", "9,911"), ("782", "14,917")):
            self.plant(README, CLAIM.format(ours, theirs))
            self.expect_one(check, "a span costs")
        self.plant(README, "Fast.\n")
        self.expect_one(check, "does not say")


if __name__ == "__main__":
    unittest.main()
