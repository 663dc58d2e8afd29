# SPDX-License-Identifier: Apache-2.0
"""Stands in for the X-Ray daemon in compare_udp.py: counts datagrams, samples everything."""
import http.server
import json
import pathlib
import re
import socket
import threading
import time

HEADER = {"format": "json", "version": 1}
RECEIVE_BUFFER_BYTES = 16 << 20
SO_RCVBUFFORCE = 33
QUIET_SECONDS = 0.3
TRACE_ID = re.compile(rb'"trace_id":"([^"]+)"')
EVERYTHING = {"NextToken": None, "SamplingRuleRecords": [{"SamplingRule": {
    "RuleName": "Default", "Priority": 10000, "FixedRate": 1.0, "ReservoirSize": 0, "Host": "*",
    "HTTPMethod": "*", "URLPath": "*", "ServiceName": "*", "ServiceType": "*", "ResourceARN": "*",
    "Attributes": {}, "Version": 1}}]}
NO_TARGETS = {"SamplingTargetDocuments": [], "UnprocessedStatistics": [],
              "LastRuleModification": 1500000000}


class Rules(http.server.BaseHTTPRequestHandler):
    """The daemon's port for sampling rules, as far as an SDK asks."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        rules = self.path == "/GetSamplingRules"
        body = json.dumps(EVERYTHING if rules else NO_TARGETS).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Daemon:
    """A port for datagrams, which are counted, and one for rules, which sample everything."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        except PermissionError:
            self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self.udp.bind(("127.0.0.1", 0))
        self.rules = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rules)
        self.port = self.udp.getsockname()[1]
        self.start_counting()
        self.threads = [threading.Thread(target=work, daemon=True)
                        for work in (self.receive, self.rules.serve_forever)]
        for thread in self.threads:
            thread.start()

    def address(self):
        return f"tcp:127.0.0.1:{self.rules.server_port} udp:127.0.0.1:{self.port}"

    def receive(self):
        while datagram := self.udp.recv(65536):
            self.received += 1
            self.traces.update(TRACE_ID.findall(datagram)[:1])
            self.bytes += len(datagram)
            self.last = datagram

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", self.udp.getsockname())  # an empty datagram ends the receiving
        self.rules.shutdown()
        for thread in self.threads:
            thread.join()
        self.rules.server_close()
        self.udp.close()

    def start_counting(self):
        self.received, self.bytes, self.last, self.traces = 0, 0, b"", set()

    def drained(self):
        """What came until nothing has come for a while: documents, traces, bytes, the last one."""
        seen = -1
        while seen != self.received:
            seen = self.received
            time.sleep(QUIET_SECONDS)
        document = parsed(self.last) if self.last else {}
        return self.received, len(self.traces), self.bytes, document

    def refused_by_the_kernel(self):
        """Datagrams that found no room in the receive buffer, since the start."""
        port = f":{self.port:04X} "
        for line in pathlib.Path("/proc/net/udp").read_text().splitlines():
            if port in line:
                return int(line.split()[-1])
        return 0


def parsed(datagram):
    header, _, document = datagram.partition(b"\n")
    try:
        if json.loads(header) == HEADER:
            return json.loads(document)
    except ValueError:
        pass
    raise RuntimeError(f"no document of X-Ray: {datagram[:80]}")


def spans_and_annotations(document):
    """How many spans and annotations a document holds."""
    spans, annotations = 1, len(document.get("annotations", {}))
    for child in document.get("subsegments", []):
        more = spans_and_annotations(child)
        spans, annotations = spans + more[0], annotations + more[1]
    return spans, annotations
