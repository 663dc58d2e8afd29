# SPDX-License-Identifier: Apache-2.0
"""scripts/aws-smoke against the console, which takes and hands out traces as X-Ray does."""
import subprocess

import peers

SCRIPT = peers.ROOT / "scripts" / "aws-smoke"
# Debian's CLI, not one that a version manager put first in PATH.
PATH = "/usr/bin:/bin"


class AwsSmoke(peers.PeerTest):
    def run_it(self, **more):
        variables = {"PATH": PATH, "BIN": str(peers.BIN),
                     "AWS_ENDPOINT_URL_XRAY": self.console.endpoint, **more}
        return subprocess.run([SCRIPT], env=peers.environment(**variables), capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=peers.LIFE_SECONDS)

    def test_the_cost_comes_first_and_nothing_is_sent_unasked(self):
        done = self.run_it()

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Expected cost: 1 of the 100,000", done.stdout)
        self.assertNotIn("sent 1-", done.stdout)

    def test_what_was_sent_is_read_back(self):
        done = self.run_it(YES="1")

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("done: 1 sent, 1 read back", done.stdout)

    def test_it_stops_where_the_doctor_finds_something_wrong(self):
        done = self.run_it(YES="1", AWS_ENDPOINT_URL_XRAY="http://127.0.0.1:1")

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("WRONG endpoint", done.stdout)


if __name__ == "__main__":
    peers.main()
