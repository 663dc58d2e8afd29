# SPDX-License-Identifier: Apache-2.0
import unittest

from layering import check
from planting import Planting

RULES = """
room core:
room telemetry: core
room http: core telemetry | simdjson
room console: core http | boost
room adapters: core | boost simdjson
headers adapters
library boost: boost/
library simdjson: simdjson
limit boost/beast 2
"""


class Layering(Planting):
    def setUp(self):
        super().setUp()
        self.plant("cmake/layering.txt", RULES)

    def test_accepts_allowed_arrows_and_libraries(self):
        self.plant("include/aloft/http/a.hpp", "#include <string>\n#include <aloft/core/b.hpp>\n")
        self.plant("src/http/a.cpp", '#include <simdjson.h>\n#include <sys/socket.h>\n'
                                     '#include "telemetry/format/x.hpp"\n')
        self.expect_none(check)

    def test_refuses_an_arrow_that_points_down(self):
        self.plant("include/aloft/core/a.hpp", "#include <aloft/http/b.hpp>\n")
        self.expect_one(check, "core -> http")

    def test_refuses_a_private_header_of_a_forbidden_room(self):
        self.plant("src/telemetry/a.cpp", '#include "http/inside.hpp"\n')
        self.expect_one(check, "telemetry -> http")

    def test_refuses_a_library_in_a_public_header(self):
        self.plant("include/aloft/http/a.hpp", "#include <simdjson.h>\n")
        self.expect_one(check, "must not show simdjson")

    def test_refuses_a_system_header_in_a_public_header(self):
        self.plant("include/aloft/core/a.hpp", "#include <sys/socket.h>\n")
        self.expect_one(check, "standard library and rooms only")

    def test_refuses_a_library_in_the_wrong_room(self):
        self.plant("src/core/a.cpp", "#include <boost/asio.hpp>\n")
        self.expect_one(check, "core may not use boost")

    def test_refuses_an_unknown_library(self):
        self.plant("src/core/a.cpp", "#include <fancy/thing.hpp>\n")
        self.expect_one(check, "fancy/thing.hpp")

    def test_lets_a_room_of_headers_show_one_of_its_libraries(self):
        self.plant("include/aloft/adapters/a.hpp", "#include <simdjson.h>\n")
        self.expect_none(check)

    def test_refuses_a_library_that_a_room_of_headers_may_not_use(self):
        self.plant("include/aloft/adapters/a.hpp", "#include <fancy/thing.hpp>\n")
        self.expect_one(check, "standard library and rooms only")

    def test_refuses_two_libraries_in_one_header(self):
        self.plant("include/aloft/adapters/a.hpp",
                   "#include <boost/asio.hpp>\n#include <simdjson.h>\n")
        self.expect_one(check, "shows boost and simdjson")

    def test_refuses_a_source_in_a_room_of_headers(self):
        self.plant("src/adapters/a.cpp", "#include <string>\n")
        self.expect_one(check, "has no sources")

    def test_refuses_an_unknown_room(self):
        self.plant("src/attic/a.cpp", "#include <string>\n")
        self.expect_one(check, "there is no room 'attic'")

    def test_refuses_a_third_source_with_beast(self):
        for name in ("a", "b", "c"):
            self.plant(f"src/console/{name}.cpp", "#include <boost/beast/http.hpp>\n")
        self.expect_one(check, "3 sources")

    def test_refuses_a_link_without_an_arrow(self):
        self.plant("src/core/CMakeLists.txt", "aloft_add_room(core PUBLIC aloft::http)\n")
        self.expect_one(check, "core -> http")


if __name__ == "__main__":
    unittest.main()
