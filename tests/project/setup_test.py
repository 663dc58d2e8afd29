# SPDX-License-Identifier: Apache-2.0
"""scripts/setup with stand-ins for Debian's tools: what it installs, when, and when it does not."""
import os
import pathlib
import shutil
import subprocess
import unittest

import planting

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = "run make -\nrun curl there\ntest git -\nci clang-14 -\n"
# What is installed stands in the file `installed`; apt-get adds to it, and notes how it was called.
DPKG_QUERY = 'while read -r name; do echo "$name installed"; done <"$FOLDER/installed"\n'
APT_GET = '''echo "$*" >>"$FOLDER/apt-get.log"
[[ " $* " == *" install "* ]] || exit 0
[[ -z ${APT_FAILS:-} ]] || { echo "E: no network"; exit 100; }
for word in "$@"; do echo "$word"; done | grep -v '^-\\|=' >>"$FOLDER/installed"
'''


class Setup(planting.Planting):
    def setUp(self):
        super().setUp()
        (self.root / "scripts").mkdir()
        for name in ("setup", "lib.sh"):
            shutil.copy(ROOT / "scripts" / name, self.root / "scripts")
        self.plant("scripts/packages.txt", PACKAGES)
        self.plant("installed", "")
        self.program("dpkg-query", DPKG_QUERY)
        self.program("apt-get", APT_GET)
        self.program("sudo", 'exec "$@"\n')

    def program(self, name, body):
        self.plant(f"tools/{name}", "#!/usr/bin/env bash\n" + body)
        (self.root / "tools" / name).chmod(0o755)

    def setup_says(self, *sets, **variables):
        """The exit code of scripts/setup, and its words."""
        known = {name: value for name, value in os.environ.items() if name != "SETUP"}
        run = subprocess.run(
            [str(self.root / "scripts/setup"), *sets], text=True, timeout=30,
            env={**known, "FOLDER": str(self.root),
                 "PATH": f"{self.root}/tools:{os.environ['PATH']}", **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return run.returncode, run.stdout

    def asked_of_apt(self):
        log = self.root / "apt-get.log"
        return log.read_text().splitlines() if log.exists() else []

    def test_installs_what_is_missing_and_says_what(self):
        self.program("there", "exit 0\n")
        code, words = self.setup_says("test")
        self.assertEqual(code, 0, words)
        self.assertIn("installing with apt-get: make git\n", words)
        update, install = self.asked_of_apt()
        self.assertTrue(update.endswith(" update"))
        self.assertTrue(install.endswith(" --no-install-recommends make git"))

    def test_a_second_one_does_and_says_nothing(self):
        self.setup_says("ci")
        first = self.asked_of_apt()
        self.assertEqual(self.setup_says("ci"), (0, ""))
        self.assertEqual(self.asked_of_apt(), first)

    def test_the_smallest_set_is_that_of_make_run(self):
        self.plant("installed", "make\ncurl\n")
        self.assertEqual(self.setup_says(), (0, ""))
        self.assertEqual(self.setup_says("run"), (0, ""))
        self.assertEqual(self.asked_of_apt(), [])

    def test_setup_0_installs_nothing(self):
        self.assertEqual(self.setup_says("ci", SETUP="0"), (0, ""))
        self.assertEqual(self.asked_of_apt(), [])

    def test_an_unknown_set_is_an_error(self):
        for variables in ({}, {"SETUP": "0"}):
            code, words = self.setup_says("everything", **variables)
            self.assertEqual(code, 1)
            self.assertIn("unknown set 'everything'; it is run, test or ci", words)
        self.assertEqual(self.asked_of_apt(), [])

    def test_shows_the_words_of_apt_get_when_it_fails(self):
        code, words = self.setup_says(APT_FAILS="yes")
        self.assertEqual(code, 1)
        self.assertIn("E: no network", words)
        self.assertIn("apt-get could not install them", words)


if __name__ == "__main__":
    unittest.main()
