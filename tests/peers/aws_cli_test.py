# SPDX-License-Identifier: Apache-2.0
"""The aws CLI (Debian: awscli) does what docs/guides/read-traces-with-the-aws-cli.md says.

The guide's own blocks run in one shell, in their order, against a console of this test; nothing in
them is changed but the console's address.
"""
import json
import os
import re
import subprocess

import peers

GUIDE = peers.ROOT / "docs/guides/read-traces-with-the-aws-cli.md"
MARK = "=== end of a block"
# Debian's CLI, not one that a version manager put first in PATH; it is a Python program, too.
PATH = "/usr/bin:/bin"


class AwsCli(peers.PeerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.S | re.M)
        script = "".join(f"{block}echo; echo '{MARK}'\n" for block in blocks)
        script = script.replace("127.0.0.1:2000", cls.console.xray)
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True,
                              env={**os.environ, "PATH": PATH}, timeout=peers.LIFE_SECONDS)
        assert done.returncode == 0, done.stderr
        (cls.identity, cls.put, cls.summaries, cls.filtered, cls.trace, cls.rules) = (
            part.strip() for part in done.stdout.split(MARK)[:-1])

    def test_the_caller_has_an_account(self):
        self.assertEqual(self.identity, "000000000000")

    def test_the_document_without_a_trace_comes_back(self):
        unprocessed = json.loads(self.put)["UnprocessedTraceSegments"]

        self.assertEqual(len(unprocessed), 1)
        self.assertTrue(unprocessed[0]["ErrorCode"] and unprocessed[0]["Message"])

    def test_the_summary_tells_service_status_and_duration(self):
        trace, service, status, duration = self.summaries.split("\t")

        self.assertEqual(trace, self.console.traces()[0]["id"])
        self.assertEqual((service, status, float(duration)), ("shop", "503", 0.25))

    def test_the_filter_finds_the_failed_trace_of_the_tenant(self):
        self.assertEqual(self.filtered, self.summaries.split("\t")[0])

    def test_the_trace_holds_the_document(self):
        document = json.loads(self.trace)

        self.assertEqual((document["id"], document["annotations"]),
                         ("53995c3f42cd8ad8", {"tenant_id": "acme"}))

    def test_the_sampling_rule_is_the_default(self):
        self.assertEqual(self.rules.split("\t"), ["Default", "1", "0.05"])

    def test_an_unknown_operation_is_refused_by_name(self):
        asked = subprocess.run(
            ["aws", "xray", "get-groups", "--endpoint-url", self.console.endpoint],
            capture_output=True, text=True, env={**os.environ, "PATH": PATH},
            timeout=peers.LIFE_SECONDS)

        self.assertEqual(asked.returncode, 254)
        self.assertIn("NotImplementedException", asked.stderr)
        self.assertIn("GetGroups is not implemented by aloft-console", asked.stderr)


if __name__ == "__main__":
    peers.main()
