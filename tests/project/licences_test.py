# SPDX-License-Identifier: Apache-2.0
import json
import unittest

from licences import check
from planting import Planting

HEAD = "| name | version | licence | used by | found as |\n|---|---|---|---|---|\n"
BOOST = "| Boost | 1.81 | BSL-1.0 | console | `find_package(Boost)` |\n"


class Licences(Planting):
    def setUp(self):
        super().setUp()
        self.plant("THIRD_PARTY_NOTICES.md", HEAD + BOOST)

    def test_accepts_what_is_listed(self):
        self.plant("CMakeLists.txt", "find_package(Boost 1.81 REQUIRED)\nfind_package(Threads)\n")
        self.expect_none(check)

    def test_refuses_a_package_that_is_not_listed(self):
        self.plant("CMakeLists.txt", "find_package(CURL REQUIRED)\n")
        self.expect_one(check, "find_package(CURL)")

    def test_refuses_a_pkg_config_module_that_is_not_listed(self):
        self.plant("CMakeLists.txt", "pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2>=9)\n")
        self.expect_one(check, "pkg:re2")

    def test_refuses_an_npm_dependency_that_is_not_listed(self):
        self.plant("package.json", json.dumps({"dependencies": {"left-pad": "1.0.0"}}))
        self.expect_one(check, "npm:left-pad")

    def test_refuses_a_licence_that_is_not_allowed(self):
        self.plant("THIRD_PARTY_NOTICES.md",
                   HEAD + "| Thing | 1 | GPL-3.0-only | console | `pkg:thing` |\n")
        self.expect_one(check, "GPL-3.0-only")

    def test_refuses_a_weak_copyleft_in_what_is_shipped(self):
        self.plant("package-lock.json", json.dumps(
            {"packages": {"": {}, "node_modules/axe": {"license": "MPL-2.0"}}}))
        self.expect_one(check, "axe", "MPL-2.0")

    def test_accepts_a_weak_copyleft_in_a_tool_of_the_tests(self):
        self.plant("package-lock.json", json.dumps(
            {"packages": {"node_modules/axe": {"license": "MPL-2.0", "dev": True}}}))
        self.expect_none(check)

    def test_refuses_a_locked_package_without_a_licence(self):
        self.plant("package-lock.json", json.dumps({"packages": {"node_modules/x": {}}}))
        self.expect_one(check, "none stated")

    def test_accepts_one_allowed_alternative(self):
        self.plant("package-lock.json", json.dumps(
            {"packages": {"node_modules/x": {"license": "(MIT OR GPL-2.0)"}}}))
        self.expect_none(check)


if __name__ == "__main__":
    unittest.main()
