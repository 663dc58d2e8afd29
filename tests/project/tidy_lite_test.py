# SPDX-License-Identifier: Apache-2.0
import unittest

from planting import Planting
from tidy_lite import check

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = SPDX + "#pragma once\n"


class TidyLite(Planting):
    def refuse(self, name, content, *words):
        self.plant(name, content)
        self.expect_one(check, *words)

    def test_accepts_a_well_kept_file(self):
        self.plant("include/aloft/core/a.hpp", HEADER + "// getenv() is told of, not called.\n")
        self.plant("src/core/a.cpp", SPDX + 'auto text = "printf(x)";\nauto n = 1\'000;\n')
        self.expect_none(check)

    def test_permits_the_one_file_that_may(self):
        self.plant("src/core/environment_variables.cpp", SPDX + 'auto x = getenv("X");\n')
        self.expect_none(check)

    def test_refuses_a_long_line(self):
        self.refuse("src/core/a.cpp", SPDX + "x" * 101 + "\n", "101 columns")

    def test_refuses_a_long_header(self):
        self.refuse("include/aloft/core/a.hpp", HEADER + "\n" * 249, "251 lines")

    def test_refuses_a_long_source(self):
        self.refuse("src/core/a.cpp", SPDX + "\n" * 400, "401 lines")

    def test_refuses_a_file_above_the_hard_stop(self):
        self.refuse("src/core/a.cpp", SPDX + "\n" * 600, "hard stop")

    def test_refuses_a_file_without_its_licence(self):
        self.refuse("src/core/a.cpp", "int x;\n", "no SPDX")

    def test_refuses_a_header_without_a_guard(self):
        self.refuse("include/aloft/core/a.hpp", SPDX, "#pragma once")

    def test_refuses_each_banned_call(self):
        for call in ('std::getenv("X")', "std::this_thread::sleep_for(1s)", "usleep(1)",
                     "std::chrono::system_clock::now()", "rand()", 'printf("x")',
                     "std::cout << 1", "std::regex r"):
            with self.subTest(call):
                self.refuse("src/http/a.cpp", f"{SPDX}void f() {{ {call}; }}\n", "a.cpp:2")

    def test_refuses_a_sleeping_test(self):
        self.refuse("tests/core/a_test.cpp", SPDX + "std::this_thread::sleep_for(1s);\n",
                    "wait with a Clock")

    def test_refuses_an_open_end_without_an_issue(self):
        self.refuse("src/core/a.cpp", SPDX + "// TODO: later\n", "#issue")

    def test_accepts_an_open_end_with_an_issue(self):
        self.plant("src/core/a.cpp", SPDX + "// TODO(perf): reuse the buffer, #17\n")
        self.expect_none(check)

    def test_refuses_a_path_of_one_machine(self):
        self.refuse("docs/a.md", "see /" + "home/somebody/notes\n", "one machine")

    def test_refuses_the_host_of_a_registry(self):
        self.refuse("a.json", '"https://registry.' + 'npmjs.org/x"\n', "package registry")


if __name__ == "__main__":
    unittest.main()
