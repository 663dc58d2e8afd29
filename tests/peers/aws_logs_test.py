# SPDX-License-Identifier: Apache-2.0
"""The aws CLI (Debian: awscli) does what docs/guides/read-logs-with-the-aws-cli.md says, and
`aws logs tail --follow` shows each line once, as it comes.

The guide's own blocks run in one shell, in their order, against a console of this test; nothing in
them is changed but the console's address.
"""
import os
import re
import signal
import subprocess
import time

import aws
import peers

GUIDE = peers.ROOT / "docs/guides/read-logs-with-the-aws-cli.md"
MARK = "=== end of a block"
# Debian's CLI, not one that a version manager put first in PATH; it is a Python program, too.
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


class AwsLogs(peers.PeerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.S | re.M)
        script = "".join(f"{block}echo; echo '{MARK}'\n" for block in blocks)
        script = script.replace("127.0.0.1:2000", cls.console.xray)
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True,
                              env={**os.environ, **ENVIRONMENT}, timeout=peers.LIFE_SECONDS)
        assert done.returncode == 0, done.stderr
        (cls.made, cls.put, cls.filtered, cls.tail, cls.groups) = (
            part.strip() for part in done.stdout.split(MARK)[:-1])

    def test_groups_and_streams_are_made_without_a_word(self):
        self.assertEqual(self.made, "")

    def test_the_batch_is_taken_whole(self):
        self.assertEqual(self.put, "nextSequenceToken")

    def test_the_filter_finds_the_error_of_the_tenant(self):
        self.assertEqual(self.filtered,
                         '{"level":"ERROR","message":"no stock","tenant_id":"acme"}')

    def test_the_tail_shows_both_lines_in_their_order(self):
        lines = self.tail.splitlines()

        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d started$")
        self.assertTrue(lines[1].endswith('"tenant_id":"acme"}'))

    def test_the_group_tells_its_retention_and_size(self):
        name, days, size = self.groups.split("\t")

        self.assertEqual((name, days, int(size)), ("/aloft/shop", "7", 7 + 57 + 2 * 26))

    def test_a_tail_that_follows_shows_each_line_once(self):
        logs = aws.client("logs", self.console.endpoint)
        self.addCleanup(logs.close)
        logs.create_log_group(logGroupName="/followed")
        logs.create_log_stream(logGroupName="/followed", logStreamName="s")

        def put(number):
            logs.put_log_events(logGroupName="/followed", logStreamName="s", logEvents=[
                {"timestamp": int(time.time() * 1000), "message": f"line {number}"}])
        put(0)
        tail = subprocess.Popen(
            ["aws", "logs", "tail", "/followed", "--follow", "--format", "short",
             "--endpoint-url", self.console.endpoint], text=True, stdout=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT, "PYTHONUNBUFFERED": "1"})
        self.addCleanup(tail.stdout.close)
        self.addCleanup(tail.wait)
        self.addCleanup(tail.kill)
        shown = [tail.stdout.readline()]
        put(1)
        put(2)
        shown += [tail.stdout.readline(), tail.stdout.readline()]
        put(3)
        shown.append(tail.stdout.readline())
        tail.send_signal(signal.SIGINT)
        rest, _ = tail.communicate(timeout=peers.ARRIVAL_SECONDS)

        self.assertEqual([line.split(" ", 1)[1].strip() for line in shown],
                         [f"line {number}" for number in range(4)])
        self.assertEqual(rest.strip(), "")


if __name__ == "__main__":
    peers.main()
