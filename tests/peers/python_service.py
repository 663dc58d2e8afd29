# SPDX-License-Identifier: Apache-2.0
"""A Python service under the X-Ray SDK, between two of ours: `python_service.py NEXT_URL`.

It does per request what the SDK's own web middlewares do, with the SDK's own parts, and calls on
with `requests`, which the SDK has patched. One ready line on stdout.
"""
import http.server
import sys

import requests
from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.core.models import http as meta
from aws_xray_sdk.ext.util import calculate_sampling_decision, construct_xray_header

NAME = "python-relay"


class Relay(http.server.BaseHTTPRequestHandler):
    next_url = sys.argv[1]

    def do_GET(self):
        header = construct_xray_header(self.headers)
        sampled = calculate_sampling_decision(
            trace_header=header, recorder=xray_recorder, service_name=NAME, method="GET",
            path=self.path)
        segment = xray_recorder.begin_segment(
            name=NAME, traceid=header.root, parent_id=header.parent, sampling=sampled)
        segment.put_http_meta(meta.METHOD, "GET")
        segment.put_http_meta(meta.URL, f"http://{self.headers['host']}{self.path}")
        with requests.Session() as session:
            session.trust_env = False
            status = session.request("GET", self.next_url, timeout=5).status_code
        segment.put_http_meta(meta.STATUS, status)
        xray_recorder.end_segment()
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


xray_recorder.configure(service=NAME, context_missing="RUNTIME_ERROR")
patch(("requests",))
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
print(f"{NAME} ready: http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
