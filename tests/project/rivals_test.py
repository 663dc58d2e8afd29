# SPDX-License-Identifier: Apache-2.0
"""How the comparison by UDP counts, and what it judges: by rounds that are made up."""
import argparse
import http.client
import json
import pathlib
import socket
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench/rivals"))
import compare_udp  # noqa: E402
import daemon  # noqa: E402


def document(trace, **more):
    return b'{"format":"json","version":1}\n' + json.dumps(
        {"id": "1", **more, "trace_id": trace}, separators=(",", ":")).encode()


class Receiver(unittest.TestCase):
    def setUp(self):
        self.receiver = daemon.Daemon()
        self.addCleanup(self.receiver.close)
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.connect(("127.0.0.1", self.receiver.port))
        self.addCleanup(self.sender.close)

    def test_counts_documents_and_their_traces(self):
        sent = [document("1-a"), document("1-b"), document("1-a")]
        for datagram in sent:
            self.sender.send(datagram)

        documents, traces, size, last = self.receiver.drained()

        self.assertEqual((documents, traces, size), (3, 2, sum(map(len, sent))))
        self.assertEqual(last["trace_id"], "1-a")

    def test_refuses_what_is_no_document(self):
        self.sender.send(document("1-a")[1:])

        with self.assertRaisesRegex(RuntimeError, "no document"):
            self.receiver.drained()

    def test_starts_counting_anew(self):
        self.sender.send(document("1-a"))
        self.receiver.drained()

        self.receiver.start_counting()

        self.assertEqual(self.receiver.drained(), (0, 0, 0, {}))

    def test_samples_everything(self):
        client = http.client.HTTPConnection("127.0.0.1", self.receiver.rules.server_port)
        self.addCleanup(client.close)
        client.request("POST", "/GetSamplingRules", b"{}")

        rules = json.load(client.getresponse())["SamplingRuleRecords"]

        self.assertEqual([rule["SamplingRule"]["FixedRate"] for rule in rules], [1.0])


def program(name, p50=(1000, 1000), load=None, **figures):
    """A line with a made-up round for each median."""
    line = compare_udp.Program(name, [], (1, 1), load or compare_udp.Program("load", []))
    line.rounds = [{"requests": 5, "sampled": 5, "made": 7, "lost": 0, "twice": 0, "dropped": 0,
                    "p50_ns": one, "p99_ns": 10 * one, "cpu_us_per_request": one / 100,
                    "bytes": 693, **figures} for one in p50]
    return line


class Problems(unittest.TestCase):
    def test_there_are_none_when_everything_arrived(self):
        self.assertEqual(list(compare_udp.problems([program("ours")], 0)), [])

    def test_names_what_was_lost_in_each_round(self):
        self.assertEqual(list(compare_udp.problems([program("ours", lost=2, dropped=1)], 0)),
                         ["ours: 2 lost, 1 said to be"] * 2)

    def test_names_who_did_not_sample(self):
        self.assertEqual(list(compare_udp.problems([program("theirs", p50=[1], sampled=4)], 0)),
                         ["theirs: 4 of 5 were sampled"])

    def test_asks_no_load_to_be_sampled(self):
        load = compare_udp.Program("load", [])
        load.rounds = [{"requests": 5, "sampled": 0, "lost": 0}]

        self.assertEqual(list(compare_udp.problems([load], 0)), [])

    def test_tells_the_receivers_own_loss(self):
        self.assertIn("no room for 3", list(compare_udp.problems([], 3))[0])


class Judgement(unittest.TestCase):
    def judged(self, ours, theirs, judged=True):
        return compare_udp.judge([ours, theirs], [(ours, theirs, judged)], 0)

    def test_passes_a_twentieth(self):
        self.assertEqual(self.judged(program("ours", [50, 50]), program("theirs")), [])

    def test_fails_above_a_twentieth(self):
        self.assertEqual(self.judged(program("ours", [51, 51]), program("theirs")),
                         ["ours: 0.0510 of theirs, the limit is 0.05"])

    def test_judges_medians(self):
        ours = program("ours", [40, 40, 900])
        self.assertEqual(self.judged(ours, program("theirs", [1000] * 3)), [])

    def test_does_not_judge_what_is_there_for_information(self):
        self.assertEqual(self.judged(program("ours", [900, 900]), program("theirs"), False), [])

    def test_fails_on_a_loss_that_was_counted_however_little_it_costs(self):
        ours = program("ours", [1], lost=2, dropped=2)
        self.assertEqual(self.judged(ours, program("theirs")), ["ours: 2 lost, 2 said to be"])

    def test_a_loss_does_not_hide_a_ratio(self):
        ours = program("ours", [60], lost=2, dropped=2)
        self.assertEqual(len(self.judged(ours, program("theirs"))), 2)

    def test_is_of_the_same_records_as_shipped_and_configured(self):
        _, pairs = compare_udp.programs(pathlib.Path(), pathlib.Path(), "")

        judged = [(ours, theirs) for ours, theirs, is_judged in pairs if is_judged]

        self.assertEqual([(ours.command[1:3], theirs.command[1:3]) for ours, theirs in judged],
                         [(["middleware_of_ten", "shipped"], ["middleware", "shipped"]),
                          (["middleware_of_ten", "configured"], ["middleware", "configured"])])
        for ours, theirs in judged:
            self.assertEqual(ours.holds, theirs.holds)


class Comparison(unittest.TestCase):
    def test_takes_off_each_its_own_load(self):
        ours = program("ours", [300, 300], program("load", [100, 100]))
        theirs = program("theirs", [2200, 2200], program("load", [200, 200]))

        self.assertEqual(compare_udp.compared(ours, theirs),
                         "| ours | theirs | 1/7.3 | 1/7.3 | 1/7.3 | 1/10.0 |")

    def test_every_program_but_the_loads_has_a_load_of_its_own_language_and_scenario(self):
        lines, _ = compare_udp.programs(pathlib.Path(), pathlib.Path(), "")

        loads = {line.name: line.load.name for line in lines if line.load}

        self.assertEqual(loads["aloft, 3 spans, shipped"], "load of 3 spans, C++")
        self.assertEqual(loads["original, shipped"], "load of the middleware, Go, shipped")
        self.assertEqual(loads["X-Ray SDK, configured"], "load of 3 spans, Go, configured")
        self.assertEqual({line.name for line in lines if not line.load}, set(loads.values()))

    def test_prints_a_row_of_the_page(self):
        self.assertEqual(compare_udp.row(program("ours", [1000, 2000, 3000])),
                         "| ours | 2,000 (1,000–3,000) | 20,000 | 20.00 (10.00–30.00) "
                         "| 693 | 21 | 0 | 0 |")

    def test_prints_no_documents_of_a_load(self):
        load = program("load", [50, 50])
        load.load = None
        self.assertEqual(compare_udp.row(load),
                         "| load | 50 (50–50) | 500 | 0.50 (0.50–0.50) | | | | |")

    def test_tells_how_ours_stands_to_what_the_originals_documents_say(self):
        self.assertEqual([compare_udp.absolute(program("ours", [ns, ns])) for ns in (600, 641)],
                         ["ours: 600 ns, not above", "ours: 641 ns, above"])

    def test_a_load_below_nothing_is_no_ratio(self):
        self.assertEqual(compare_udp.ratio(-0.1, 5.0), "none")

    def test_ends_a_program_that_hangs(self):
        args = argparse.Namespace(rate=1, seconds=0)
        hangs = compare_udp.Program("hangs", ["sh", "-c", "exec sleep 60"])
        receiver = mock.Mock(address=lambda: "")

        with mock.patch.object(compare_udp, "TIMEOUT_SECONDS", 0.1):
            with self.assertRaisesRegex(SystemExit, "hangs: did not end within 0.1 s"):
                compare_udp.run_once(hangs, receiver, args)


class Document(unittest.TestCase):
    def test_counts_the_spans_and_annotations(self):
        child = {"annotations": {"c": 1, "d": 2}}
        whole = {"annotations": {"a": 1}, "subsegments": [child, {"subsegments": [child]}]}
        self.assertEqual(daemon.spans_and_annotations(whole), (4, 5))


if __name__ == "__main__":
    unittest.main()
