# SPDX-License-Identifier: Apache-2.0
"""The tests of consumers fail where they should: a header is planted that breaks each rule."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
GOOD = "#pragma once\n#include <string>\nstruct Good {\n  std::string name{};\n};\n"


class Headers(unittest.TestCase):
    def compiled(self, name, content):
        """The exit code and the words of headers.py over two headers, one of them `content`."""
        with tempfile.TemporaryDirectory() as folder:
            include = pathlib.Path(folder) / "include"
            (include / "aloft").mkdir(parents=True)
            (include / "aloft" / "aloft.hpp").write_text(GOOD)
            (include / "aloft" / name).write_text(content)
            run = subprocess.run(
                [sys.executable, "-B", HERE / "headers.py", include, f"{folder}/work"],
                capture_output=True, text=True)
        return run.returncode, run.stdout

    def test_what_is_good_passes(self):
        code, _ = self.compiled("fine.hpp", "#pragma once\ninline int f() { return 1; }\n")

        self.assertEqual(code, 0)

    def test_a_header_that_leans_on_another_is_named(self):
        code, words = self.compiled(
            "leans.hpp", "#pragma once\ninline std::string leaning() { return {}; }\n")

        self.assertEqual(code, 1)
        self.assertIn("aloft.leans.hpp", words)

    def test_a_name_that_is_a_macro_of_others_is_found(self):
        code, words = self.compiled(
            "macro.hpp", "#pragma once\n#include <limits>\n"
            "inline int most() { return std::numeric_limits<int>::max(); }\n")

        self.assertEqual(code, 1)
        self.assertIn("all.after_hostile_macros", words)

    def test_a_warning_is_an_error(self):
        code, words = self.compiled(
            "warns.hpp", "#pragma once\ninline char f(int i) { return i; }\n")

        self.assertEqual(code, 1)
        self.assertIn("conversion", words)


class Guide(unittest.TestCase):
    def test_code_that_is_not_what_is_built_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            guide, program = pathlib.Path(folder) / "guide.md", pathlib.Path(folder) / "program.cpp"
            program.write_text("  // [guide]\n  work();\n  // [/guide]\n")
            for text, code in (("```cpp\nwork();\n```\n", 0), ("```cpp\nplay();\n```\n", 1)):
                guide.write_text(text)
                run = subprocess.run([sys.executable, "-B", HERE / "guide.py", guide, program],
                                     capture_output=True)
                self.assertEqual(run.returncode, code)


if __name__ == "__main__":
    unittest.main()
