# SPDX-License-Identifier: Apache-2.0
"""Plants small trees for the self-tests of the checks."""
import pathlib
import tempfile
import unittest


class Planting(unittest.TestCase):
    """Each test starts in an empty folder that is gone afterwards."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)

    def plant(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def expect_one(self, check, *words):
        """The check reports exactly one problem, and its line holds all the words."""
        problems = check(self.root)
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def expect_none(self, check):
        self.assertEqual(check(self.root), [])
