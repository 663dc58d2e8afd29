# SPDX-License-Identifier: Apache-2.0
"""The whole house with its real programs: `house_test.py BIN_FOLDER`.

`make run`, the curl that it prints, the link in the answer, the trace behind the link, traces that
began elsewhere, the trouble that is planted, and the end.
"""
import json
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import planting
from house import House

BIN = None
ARRIVAL_SECONDS = 5
# Chance decides whose turn it is; a failed charge of globex comes after 2 s on average.
PLANTED_SECONDS = 30
PLANTED_REASON = "the scoring model is out of memory"
SERVICES = {"payments", "fraud", "ledger"}
PARENT = "53995c3f42cd8ad8"
CHARGE = {"amount_minor": 4200, "currency": "USD",
          "card": {"number": "4242424242424242", "cvv": "123"}}
CARD_DECLINED = {"number": "4000000000000002", "cvv": "123"}


def spans(document):
    """A document and everything below it."""
    yield document
    for child in document.get("subsegments", []):
        yield from spans(child)


def new_trace_id():
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"


class RealHouse(planting.Planting):
    def setUp(self):
        super().setUp()
        self.house = House(self.root)
        self.addCleanup(self.house.close)
        self.house.bin.symlink_to(BIN)
        self.house.start()
        self.said = self.house.read_until("Ctrl-C")

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.house.console}{path}") as answer:
            return answer.read().decode()

    def wait_for(self, ask, seconds=ARRIVAL_SECONDS):
        """What `ask` gives once that is true; traces travel for a moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = ask()
            except urllib.error.HTTPError:
                found = None
            if found:
                return found
            time.sleep(0.05)
        return self.fail(f"nothing arrived within {seconds} s")

    def charge(self, tenant, headers, charge=None):
        """The status of a charge sent with curl, whose headers are written as they are given."""
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                   f"http://127.0.0.1:{self.house.payments}/v1/charges",
                   "-H", f"x-api-key: demo-{tenant}", "-H", "content-type: application/json",
                   "-d", json.dumps(charge or CHARGE)]
        for header in headers:
            command += ["-H", header]
        return int(subprocess.run(command, capture_output=True, text=True).stdout)

    def trace_of(self, services, trace_id):
        """The trace, once all these services have told their part of it."""
        def ask():
            trace = json.loads(self.get(f"/api/traces/{trace_id}"))
            return trace if set(trace["summary"]["services"]) == services else None
        return self.wait_for(ask)

    def is_unknown(self, trace_id):
        try:
            self.get(f"/api/traces/{trace_id}")
        except urllib.error.HTTPError as error:
            return error.code == 404
        return False

    def test_the_ready_curl_answers_201_and_links_to_its_trace(self):
        curl = re.search(r"^curl -i.*?\n\n", self.said, re.S | re.M)
        self.assertTrue(curl, self.said)

        asked = subprocess.run(["bash", "-c", curl.group(0)], capture_output=True, text=True)
        answer = asked.stdout

        self.assertRegex(answer, r"^HTTP/1.1 201 ")
        link = re.search(rf"http://127\.0\.0\.1:{self.house.console}/[^\s\"<>]+", answer)
        self.assertTrue(link, answer)
        trace = re.search(r"1-[0-9a-f]{8}-[0-9a-f]{24}", link.group(0))
        self.assertTrue(trace, answer)
        stored = self.trace_of(SERVICES, trace.group(0))
        self.assertEqual(stored["summary"]["status"], 201)
        self.assertEqual(stored["summary"]["tenant"], "acme")
        self.assertNotIn("4242424242424242", json.dumps(stored))
        self.assertIn("<html", self.get("/").lower())

    def test_the_lines_of_a_charge_stand_with_its_trace(self):
        trace_id = new_trace_id()
        header = f"X-Amzn-Trace-Id: Root={trace_id};Parent={PARENT};Sampled=1"

        self.assertEqual(self.charge("acme", [header]), 201)

        def ask():
            lines = json.loads(self.get(f"/api/traces/{trace_id}/logs"))["lines"]
            return lines if {line["service"] for line in lines} == SERVICES else None
        lines = self.wait_for(ask)
        self.assertLessEqual({"charge accepted", "scored", "entry kept"},
                             {line["message"] for line in lines})
        for line in lines:
            self.assertEqual(line["tenant"], "acme")
            self.assertEqual(line["group"], "/aloft/" + line["service"])
            self.assertIn('"id":"', line["raw"])

    def test_a_callers_trace_is_one_waterfall_of_three_services_within_a_second(self):
        def forms(trace_id):
            w3c = trace_id[2:].replace("-", "")
            return [f"X-Amzn-Trace-Id: Root={trace_id};Parent={PARENT};Sampled=1",
                    f"x-amzn-trace-id: Sampled=1; Parent={PARENT}; Root={trace_id}",
                    f"X-AMZN-TRACE-ID:   ROOT={trace_id} ;  parent={PARENT} ; sampled=1",
                    f"X-Amzn-Trace-Id: Self=1-67891234-12456789abcdef012345678;Root={trace_id};"
                    f"Parent={PARENT};Sampled=1",
                    f"traceparent: 00-{w3c}-{PARENT}-01"]

        for number in range(len(forms(new_trace_id()))):
            trace_id = new_trace_id()
            with self.subTest(forms(trace_id)[number]):
                self.assertEqual(self.charge("acme", [forms(trace_id)[number]]), 201)
                answered = time.monotonic()

                trace = self.trace_of(SERVICES, trace_id)

                self.assertLess(time.monotonic() - answered, 1)
                found = [span for segment in trace["segments"] for span in spans(segment)]
                known = {span["id"] for span in found} | {PARENT}
                parents = {segment["parent_id"] for segment in trace["segments"]}
                self.assertLessEqual(parents, known)
                self.assertIn(PARENT, parents)
                self.assertFalse(any(span.get("fault") or span.get("error") for span in found))
                self.assertTrue(any("sql" in span for span in found))

    def test_a_declined_charge_is_an_error_and_no_fault(self):
        trace_id = new_trace_id()
        header = f"X-Amzn-Trace-Id: Root={trace_id};Sampled=1"

        status = self.charge("acme", [header], CHARGE | {"card": CARD_DECLINED})

        self.assertEqual(status, 402)
        summary = self.trace_of({"payments", "fraud"}, trace_id)["summary"]
        self.assertTrue(summary["error"])
        self.assertFalse(summary["fault"])
        self.assertFalse(summary["throttle"])

    def test_sampled_0_is_obeyed_by_every_service(self):
        silent, heard = new_trace_id(), new_trace_id()
        w3c = new_trace_id()
        flags_off = w3c[2:].replace("-", "")

        # In this order: what the services sent of the first two would be there with the third.
        self.assertEqual(self.charge("acme", [
            f"X-Amzn-Trace-Id: sampled=0; Root={silent};Parent={PARENT}"]), 201)
        self.assertEqual(self.charge("acme", [f"traceparent: 00-{flags_off}-{PARENT}-00"]), 201)
        self.assertEqual(self.charge("acme", [f"X-Amzn-Trace-Id: Root={heard};Sampled=1"]), 201)
        self.trace_of(SERVICES, heard)

        self.assertTrue(self.is_unknown(silent))
        self.assertTrue(self.is_unknown(w3c))

    def test_the_planted_trouble_is_seen_at_the_tenants_it_was_planted_for(self):
        def failed(tenant):
            query = urllib.parse.quote(f"fault {tenant} fraud")
            traces = json.loads(self.get(f"/api/traces?q={query}"))["traces"]
            return [trace for trace in traces if trace["tenant"] == tenant
                    and {"payments", "fraud"} <= set(trace["services"])]

        fault = self.wait_for(lambda: failed("globex"), PLANTED_SECONDS)[0]

        self.assertEqual(fault["status"], 503)
        self.assertEqual(fault["error_text"], PLANTED_REASON)
        self.assertEqual(failed("acme"), [])
        self.assertEqual(failed("initech"), [])

    def test_the_overview_alone_tells_which_tenant_suffers_from_what(self):
        def told():
            found = {}
            for problem in json.loads(self.get("/api/overview"))["problems"]:
                found.setdefault(problem["tenant"], problem)  # the most harmful comes first
            kinds = {tenant: problem["kind"] for tenant, problem in found.items()}
            expected = {"globex": "fault", "initech": "slow"}
            if not expected.items() <= kinds.items():
                return None
            # The services send by different wires: what fraud says of itself may come after what
            # payments says of it.
            return found if found["globex"]["reason"] == PLANTED_REASON else None

        problems = self.wait_for(told, PLANTED_SECONDS)

        failing, slow = problems["globex"], problems["initech"]
        self.assertEqual((failing["culprit"], failing["status"]), ("fraud", 503))
        self.assertEqual(failing["reason"], PLANTED_REASON)
        self.assertEqual((slow["culprit"], slow["route"]), ("fraud", "/v1/charges"))
        for problem in (failing, slow):
            self.assertFalse(self.is_unknown(problem["trace"]), problem)
        self.assertNotIn("acme", problems)

    def test_traffic_of_several_tenants_arrives(self):
        def tenants():
            traces = json.loads(self.get("/api/traces?limit=100"))["traces"]
            found = {trace["tenant"] for trace in traces}
            return found if {"acme", "globex", "initech"} <= found else None

        self.wait_for(tenants)

    def test_everything_ends_within_five_seconds_of_sigterm(self):
        self.wait_for(lambda: json.loads(self.get("/api/traces"))["traces"])

        code, seconds = self.house.end(signal.SIGTERM)

        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
        self.assertEqual(self.house.left_over(), [])


if __name__ == "__main__":
    BIN = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
