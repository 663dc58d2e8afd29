# SPDX-License-Identifier: Apache-2.0
"""What the comparison by UDP counts with: a loss, a second copy or an unsampled request is told."""
import http.client
import json
import pathlib
import socket
import sys
import unittest

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


class Judgement(unittest.TestCase):
    def line(self, name, **figures):
        line = compare_udp.Program(name, [], 1, 1)
        line.rounds = [{"requests": 5, "sampled": 5, "made": 7, "lost": 0, "twice": 0, "dropped": 0,
                        **figures}]
        return line

    def test_is_content_when_everything_arrived(self):
        self.assertEqual(list(compare_udp.problems([self.line("ours")], 0)), [])

    def test_names_what_was_lost(self):
        self.assertEqual(list(compare_udp.problems([self.line("ours", lost=2, dropped=1)], 0)),
                         ["ours: 2 lost, 1 said to be"])

    def test_names_who_did_not_sample(self):
        self.assertEqual(list(compare_udp.problems([self.line("theirs", sampled=4)], 0)),
                         ["theirs: 4 of 5 were sampled"])

    def test_tells_the_receivers_own_loss(self):
        self.assertIn("no room for 3", list(compare_udp.problems([], 3))[0])

    def test_takes_the_load_off_both_sides(self):
        ours, theirs = self.line("ours", cpu=3.0), self.line("theirs", cpu=22.0)
        self.assertEqual(compare_udp.ratio(ours, theirs, "cpu", (1.0, 2.0)), 0.1)

    def test_counts_the_spans_and_annotations_of_a_document(self):
        child = {"annotations": {"c": 1, "d": 2}}
        whole = {"annotations": {"a": 1}, "subsegments": [child, {"subsegments": [child]}]}
        self.assertEqual(daemon.spans_and_annotations(whole), (4, 5))


if __name__ == "__main__":
    unittest.main()
