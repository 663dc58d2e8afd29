# SPDX-License-Identifier: Apache-2.0
"""A trace of ours crosses a Python service under the X-Ray SDK and comes back as one tree."""
import sys
import urllib.request

import peers

ROOT, PARENT = "1-67891233-abcdef012345678912345678", "53995c3f42cd8ad8"
DROPPED = "1-67891234-abcdef012345678912345678"


class Crossing(peers.PeerTest):
    """front (C++) calls python-relay (Python), which calls back (C++)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        daemon = {"AWS_XRAY_DAEMON_ADDRESS": cls.console.xray}

        def start(*command):
            program = peers.Program(*command, **daemon)
            cls.addClassCleanup(program.close)
            return program.find(r"(http://[^\s]+)")
        back = start(peers.BIN / "relay", "back")
        python = start(sys.executable, "-B", peers.HERE / "python_service.py", f"{back}/relay")
        cls.front = start(peers.BIN / "relay", "front", python)

    def ask(self, header):
        """Asks the front; gives the trace id that it answers."""
        request = urllib.request.Request(f"{self.front}/relay")
        if header:
            request.add_header("X-Amzn-Trace-Id", header)
        with urllib.request.urlopen(request, timeout=5) as answer:
            self.assertEqual(answer.status, 200)
            fields = dict(one.split("=") for one in answer.headers["X-Amzn-Trace-Id"].split(";"))
        return fields["Root"]

    def check_tree(self, documents):
        """Each segment hangs on the call that made it; gives the first one's parent."""
        self.assertEqual(len(documents), 3)
        named = {one["name"]: one for one in documents}
        front, python, back = (named[name] for name in ("front", "python-relay", "back"))
        calls = {one["name"]: one["subsegments"][0] for one in (front, python)}
        self.assertEqual(python["parent_id"], calls["front"]["id"])
        self.assertEqual(back["parent_id"], calls["python-relay"]["id"])
        self.assertEqual({call["namespace"] for call in calls.values()}, {"remote"})
        self.assertEqual({one["trace_id"] for one in documents}, {front["trace_id"]})
        return front.get("parent_id")

    def test_a_trace_of_ours_comes_back_as_one_tree(self):
        trace = self.ask("Sampled=1")

        self.assertIsNone(self.check_tree(self.wait_for_documents(trace, 3)))
        summary = self.console.traces(trace)[0]
        self.assertEqual((summary["service"], summary["segments"], summary["spans"]),
                         ("front", 3, 5))
        self.assertEqual(set(summary["services"]), {"front", "python-relay", "back"})

    def test_a_callers_trace_goes_through_all_three(self):
        trace = self.ask(f"Root={ROOT};Parent={PARENT};Sampled=1")

        self.assertEqual(trace, ROOT)
        self.assertEqual(self.check_tree(self.wait_for_documents(ROOT, 3)), PARENT)

    def test_sampled_0_is_obeyed_by_all_three(self):
        before = self.console.status()["intake"]["documents"]

        dropped = self.ask(f"Root={DROPPED};Parent={PARENT};Sampled=0")
        after = self.ask("Sampled=1")
        self.wait_for_documents(after, 3)

        self.assertEqual(self.console.documents(dropped), [])
        self.assertEqual(self.console.status()["intake"]["documents"], before + 3)


if __name__ == "__main__":
    peers.main()
