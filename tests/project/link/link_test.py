# SPDX-License-Identifier: Apache-2.0
import unittest

from link import problems

DYNAMIC = """
 0x0000000000000001 (NEEDED)             Shared library: [libsimdjson.so.14]
 0x0000000000000001 (NEEDED)             Shared library: [libstdc++.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [ld-linux-x86-64.so.2]
"""
SYMBOLS = "0000000000001149 T main\n                 U sqlite3_open_v2\n"


class Link(unittest.TestCase):
    def test_accepts_the_language_and_what_is_allowed(self):
        self.assertEqual(list(problems(DYNAMIC, SYMBOLS, ["libsimdjson"], ["boost"])), [])

    def test_refuses_a_library_that_is_not_allowed(self):
        self.assertEqual(list(problems(DYNAMIC, SYMBOLS, [], [])), ["needs libsimdjson.so.14"])

    def test_refuses_a_library_whose_name_only_begins_alike(self):
        self.assertEqual(list(problems(DYNAMIC, "", ["libsim"], [])), ["needs libsimdjson.so.14"])

    def test_refuses_a_forbidden_symbol(self):
        found = list(problems(DYNAMIC, SYMBOLS, ["libsimdjson"], ["sqlite"]))
        self.assertEqual(found, ["names 'sqlite' 1 times, e.g. sqlite3_open_v2"])


if __name__ == "__main__":
    unittest.main()
