# SPDX-License-Identifier: Apache-2.0
"""The X-Ray SDK for Python (Debian: python3-aws-xray-sdk) sends to the console.

Debian's 0.95 samples by rules in a file and asks no daemon: central sampling came with 2.0. The
rules of the console are taken by boto3, by the SDK for Node, and in `make interop` by 2.15.
"""
import http.server
import sqlite3
import threading

import requests
from aws_xray_sdk.core import patch, xray_recorder

import peers

REQUEST = {"method": "POST", "url": "http://shop.example/orders", "user_agent": "curl/7.88",
           "client_ip": "192.0.2.7"}


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


class PythonSdk(peers.PeerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The SDK's patches speak to its one global recorder, so this test does, too.
        xray_recorder.configure(service="python-peer", sampling=False,
                                daemon_address=cls.console.xray, context_missing="RUNTIME_ERROR")
        patch(("requests", "sqlite3"))

    def setUp(self):
        self.segment = xray_recorder.begin_segment("python-peer")

    def arrived(self, count=1):
        """Ends the segment; gives the documents of its trace by name."""
        xray_recorder.end_segment()
        found = self.wait_for_documents(self.segment.trace_id, count)
        return {document["name"]: document for document in found}

    def test_a_segment_arrives_with_every_block(self):
        self.segment.user = "ada"
        self.segment.put_annotation("tenant_id", "acme")
        self.segment.put_annotation("amount", 4.5)
        self.segment.put_annotation("first", True)
        self.segment.put_metadata("cart", {"items": [1, {"é": None}]}, "shop")
        for key, value in {**REQUEST, "status": 201, "content_length": 17}.items():
            self.segment.put_http_meta(key, value)

        got = self.arrived()["python-peer"]

        self.assertEqual(got["id"], self.segment.id)
        self.assertEqual(got["user"], "ada")
        self.assertEqual(got["annotations"], {"tenant_id": "acme", "amount": 4.5, "first": True})
        self.assertEqual(got["metadata"], {"shop": {"cart": {"items": [1, {"é": None}]}}})
        self.assertEqual(got["http"], {"request": REQUEST,
                                       "response": {"status": 201, "content_length": 17}})
        self.assertGreaterEqual(got["end_time"], got["start_time"])
        summary = self.console.traces(self.segment.trace_id)[0]
        self.assertEqual((summary["service"], summary["method"], summary["status"],
                          summary["tenant"], summary["user"]),
                         ("python-peer", "POST", 201, "acme", "ada"))

    def test_an_exception_arrives_with_its_stack_and_makes_a_fault(self):
        with self.assertRaises(KeyError):
            xray_recorder.capture("price")(lambda: {}["list price"])()

        subsegment = self.arrived()["python-peer"]["subsegments"][0]

        self.assertTrue(subsegment["fault"])
        thrown = subsegment["cause"]["exceptions"][0]
        self.assertEqual(thrown["type"], "KeyError")
        self.assertIn("python_sdk_test.py", str(thrown["stack"]))
        summary = self.console.traces(self.segment.trace_id)[0]
        self.assertTrue(summary["fault"])
        self.assertIn("list price", summary["error_text"])

    def test_sql_arrives_as_a_remote_call(self):
        sqlite3.connect(":memory:").execute("select 1")

        call = self.arrived()["python-peer"]["subsegments"][0]

        self.assertEqual(call["namespace"], "remote")
        self.assertEqual(call["sql"]["database_type"], "sqlite3")
        self.assertEqual(call["sql"]["database_version"], sqlite3.sqlite_version)

    def test_an_http_call_arrives_and_hands_its_own_id_on(self):
        callee = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.addCleanup(callee.server_close)
        threading.Thread(target=callee.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{callee.server_port}/stock"
        session = requests.Session()
        session.trust_env = False

        session.request("GET", url, timeout=5)

        call = self.arrived()["python-peer"]["subsegments"][0]
        self.assertEqual(call["namespace"], "remote")
        self.assertEqual(call["http"]["request"], {"method": "GET", "url": url})
        self.assertEqual(call["http"]["response"], {"status": 404})
        self.assertTrue(call["error"])
        self.assertEqual(Answer.seen[-1],
                         f"Root={self.segment.trace_id};Parent={call['id']};Sampled=1")

    def test_subsegments_that_are_streamed_ahead_find_their_place(self):
        for number in range(32):  # From the 31st on, the SDK sends those that are done.
            xray_recorder.begin_subsegment(f"step {number}")
            xray_recorder.end_subsegment()

        got = self.arrived(32)

        ahead = [one for one in got.values() if one.get("type") == "subsegment"]
        self.assertEqual(len(ahead), 31)
        self.assertEqual({one["parent_id"] for one in ahead}, {self.segment.id})
        self.assertEqual(self.console.traces(self.segment.trace_id)[0]["spans"], 33)

    def test_an_unsampled_segment_is_not_sent(self):
        xray_recorder.end_segment()
        self.wait_for_documents(self.segment.trace_id)
        before = self.console.status()["intake"]["datagrams"]

        xray_recorder.begin_segment("python-peer", sampling=0)
        xray_recorder.end_segment()
        self.segment = xray_recorder.begin_segment("after it")
        self.arrived()

        self.assertEqual(self.console.status()["intake"]["datagrams"], before + 1)

    @classmethod
    def tearDownClass(cls):
        assert cls.console.status()["intake"]["rejected"] == {}, cls.console.status()


if __name__ == "__main__":
    peers.main()
