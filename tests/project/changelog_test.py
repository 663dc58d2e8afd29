# SPDX-License-Identifier: Apache-2.0
import unittest

from changelog import check
from planting import Planting


class Changelog(Planting):
    def test_accepts_the_shape(self):
        self.plant("CHANGELOG.md", "# Changelog\n\n## Unreleased\n"
                                   "- [telemetry] **Behaviour change** spans end once.\n\n"
                                   "## 0.1.0 - 2026-11-22\n- [core] x\n")
        self.expect_none(check)

    def test_refuses_an_entry_without_an_area(self):
        self.plant("CHANGELOG.md", "# Changelog\n## Unreleased\n- faster\n")
        self.expect_one(check, ":3:")

    def test_refuses_an_area_that_does_not_exist(self):
        self.plant("CHANGELOG.md", "# Changelog\n## Unreleased\n- [attic] dusted\n")
        self.expect_one(check, "attic")

    def test_refuses_a_version_without_a_date(self):
        self.plant("CHANGELOG.md", "# Changelog\n## Unreleased\n## 0.1.0\n")
        self.expect_one(check, ":3:")

    def test_refuses_a_first_section_that_is_a_release(self):
        self.plant("CHANGELOG.md", "# Changelog\n## 0.1.0 - 2026-11-22\n")
        self.expect_one(check, "Unreleased")


if __name__ == "__main__":
    unittest.main()
