# SPDX-License-Identifier: Apache-2.0
import unittest

from compiled_docs import check
from planting import Planting


class CompiledDocs(Planting):
    def setUp(self):
        super().setUp()
        self.plant("examples/a/a.cpp", "int main() {\n  int x = 1;\n\n  return x;\n}\n")

    def test_accepts_code_that_stands_in_the_source_whatever_its_indentation(self):
        self.plant("docs/a.md", "<!-- compiled: examples/a -->\n```cpp\nint x = 1;\n\nreturn x;\n"
                                "```\n```\nnot code\n```\n")
        self.expect_none(check)

    def test_leaves_documents_alone_that_promise_nothing(self):
        self.plant("docs/a.md", "```cpp\nint y;\n```\n")
        self.expect_none(check)

    def test_refuses_code_that_differs(self):
        self.plant("docs/a.md", "<!-- compiled: examples/a -->\n```cpp\nint x = 2;\n```\n")
        self.expect_one(check, "docs/a.md:2", "int x = 2;")

    def test_refuses_lines_that_are_not_together(self):
        self.plant("docs/a.md", "<!-- compiled: examples/a -->\n"
                                "```cpp\nint x = 1;\nreturn x;\n```\n")
        self.expect_one(check, "this code is not in examples/a")

    def test_refuses_a_folder_without_sources(self):
        self.plant("docs/a.md", "<!-- compiled: examples/b -->\n")
        self.expect_one(check, "there is no source in examples/b")


if __name__ == "__main__":
    unittest.main()
