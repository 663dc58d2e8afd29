# SPDX-License-Identifier: Apache-2.0
"""The X-Ray SDK for Node (npm: aws-xray-sdk-core) sends to the console and samples by its rules."""
import http.server
import threading
import urllib.request

import peers


class Answer(http.server.BaseHTTPRequestHandler):
    """A callee without tracing, which keeps the trace header that it was sent."""
    seen = []

    def do_GET(self):
        self.seen.append(self.headers["X-Amzn-Trace-Id"])
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class NodeSdk(peers.PeerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = peers.Program("node", peers.HERE / "node/service.mjs",
                                    AWS_XRAY_DAEMON_ADDRESS=cls.console.xray)
        cls.addClassCleanup(cls.service.close)
        cls.url = cls.service.find(r"(http://[^\s]+)")

    def ask(self, path, header="Sampled=1"):
        request = urllib.request.Request(self.url + path)
        if header:
            request.add_header("X-Amzn-Trace-Id", header)
        return peers.get_json(request)

    def test_a_segment_arrives_with_every_block(self):
        callee = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.addCleanup(callee.server_close)
        threading.Thread(target=callee.handle_request, daemon=True).start()

        answer = self.ask(f"/order?call=http://127.0.0.1:{callee.server_port}/stock")

        got = self.wait_for_documents(answer["trace"])[0]
        self.assertEqual(got["id"], answer["id"])
        self.assertEqual(got["user"], "ada")
        self.assertEqual(got["annotations"], {"tenant_id": "acme", "amount": 4.5, "first": True})
        self.assertEqual(got["metadata"], {"shop": {"cart": {"items": [1, {"é": None}]}}})
        self.assertEqual(got["http"]["request"]["method"], "GET")
        self.assertEqual(got["http"]["response"]["status"], 200)
        query, call = got["subsegments"]
        self.assertEqual(query["sql"], {"database_version": "15.4", "driver_version": "pg",
                                        "preparation": "statement", "user": "app",
                                        "url": "postgres://db.example/ledger"})
        self.assertEqual(call["namespace"], "remote")
        self.assertEqual(call["http"]["response"]["status"], 404)
        self.assertTrue(call["error"])
        self.assertEqual(Answer.seen[-1],
                         f"Root={answer['trace']};Parent={call['id']};Sampled=1")
        summary = self.console.traces(answer["trace"])[0]
        self.assertEqual((summary["service"], summary["method"], summary["status"],
                          summary["tenant"], summary["user"], summary["spans"]),
                         ("node-peer", "GET", 200, "acme", "ada", 3))

    def test_an_exception_arrives_with_its_stack_and_makes_a_fault(self):
        answer = self.ask("/fail")

        step = self.wait_for_documents(answer["trace"])[0]["subsegments"][0]

        self.assertTrue(step["fault"])
        thrown = step["cause"]["exceptions"][0]
        self.assertEqual((thrown["type"], thrown["message"]), ("RangeError", "no list price"))
        # Of a frame in an ES module the SDK takes the path for "file", and the line for null.
        self.assertEqual(thrown["stack"][0], {"path": "file", "line": None, "label": "fail"})
        summary = self.console.traces(answer["trace"])[0]
        self.assertTrue(summary["fault"])
        self.assertIn("no list price", summary["error_text"])

    def test_subsegments_that_are_streamed_ahead_find_their_place(self):
        answer = self.ask("/steps?count=150")

        def all_spans():
            found = self.console.traces(answer["trace"])
            return found and found[0]["spans"] == 151 and self.console.documents(answer["trace"])
        got = self.wait_for(all_spans, "every subsegment")

        ahead = [one for one in got if one.get("type") == "subsegment"]
        self.assertEqual(len(ahead), 49)
        self.assertEqual({one["parent_id"] for one in ahead}, {answer["id"]})

    def test_it_samples_by_the_rule_that_the_console_gives(self):
        self.ask("/steps?count=1", header=None)  # The first decision makes it ask for the rules.
        self.wait_for(lambda: self.ask("/rules") == ["Default"], "the console's rule")

        # One request a second is taken from the reservoir; one of some is the first of its second.
        def sampled():
            answer = self.ask("/steps?count=1", header=None)
            return answer["sampled"] and answer["trace"]
        trace = self.wait_for(sampled, "a sampled request")
        targets = self.ask("/report")

        got = self.wait_for_documents(trace)[0]
        self.assertEqual(got["aws"]["xray"]["rule_name"], "Default")
        self.assertEqual(list(targets), ["Default"])
        self.assertEqual(targets["Default"]["rate"], 0.05)
        self.assertEqual(targets["Default"]["quota"], 1)
        self.assertEqual(targets["Default"]["interval"], 10)

    def test_sampled_0_is_obeyed(self):
        answer = self.ask("/steps?count=1", header="Sampled=0")
        after = self.ask("/steps?count=1")
        self.wait_for_documents(after["trace"])

        self.assertFalse(answer["sampled"])
        self.assertEqual(self.console.documents(answer["trace"]), [])

    @classmethod
    def tearDownClass(cls):
        assert cls.console.status()["intake"]["rejected"] == {}, cls.console.status()


if __name__ == "__main__":
    peers.main()
