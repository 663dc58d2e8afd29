# SPDX-License-Identifier: Apache-2.0
import unittest

from links import check
from planting import Planting


class Links(Planting):
    def test_accepts_links_that_lead_somewhere(self):
        self.plant("docs/b.md", "# The `make run` command, twice\n")
        self.plant("a.md", "[b](docs/b.md) [h](docs/b.md#the-make-run-command-twice) [i](#top)\n"
                           "[web](https://example.com/x) `[not](a-link)`\n# Top\n"
                           "```\n[nor](this)\n```\n")
        self.expect_none(check)

    def test_refuses_a_file_that_does_not_exist(self):
        self.plant("docs/a.md", "[x](../gone.md)\n")
        self.expect_one(check, "there is no ../gone.md")

    def test_refuses_a_heading_that_does_not_exist(self):
        self.plant("a.md", "# Here\n[x](#there)\n")
        self.expect_one(check, "no heading #there")


if __name__ == "__main__":
    unittest.main()
