# SPDX-License-Identifier: Apache-2.0
"""The X-Ray SDK for Python (Debian: python3-aws-xray-sdk) is the oracle of local sampling rules.

Its 0.95 knows manifests of version 1. It matches the method against the pattern of the service's
name, so the rules below leave both at `*`, and methods are compared by its wildcards alone.
"""
import json
import random
import subprocess
import unittest
from unittest import mock

from aws_xray_sdk.core.sampling.default_sampler import DefaultSampler
from aws_xray_sdk.core.utils.search_pattern import wildcard_match

import peers

PAIRS, SECONDS, SEED = 20_000, 40, 7


def ours(mode, objects):
    """What our library says to each, as a list of booleans."""
    told = subprocess.run([peers.BIN / "samples", mode], check=True, text=True, timeout=60,
                          input="".join(json.dumps(one) + "\n" for one in objects),
                          stdout=subprocess.PIPE).stdout.split()
    return [one == "1" for one in told]


def rule(path, target, rate):
    return {"service_name": "*", "http_method": "*", "url_path": path,
            "fixed_target": target, "rate": rate}


class SamplingRules(unittest.TestCase):
    def test_patterns_match_what_they_match_for_the_sdk(self):
        draw = random.Random(SEED)

        def some(letters, most):
            return "".join(draw.choice(letters) for _ in range(draw.randrange(most)))

        pairs = [{"pattern": some("aB/*?", 9), "text": some("Ab/", 12)} for _ in range(PAIRS)]

        told = ours("wildcard", pairs)

        theirs = [wildcard_match(pair["pattern"], pair["text"]) for pair in pairs]
        differ = [pair for pair, a, b in zip(pairs, told, theirs) if a != bool(b)]
        self.assertEqual(differ, [])
        self.assertGreater(sum(told), PAIRS // 100)

    def test_rules_and_reservoirs_decide_as_in_the_sdk(self):
        manifest = {"version": 1, "default": {"fixed_target": 2, "rate": 0},
                    "rules": [rule("/health", 0, 0), rule("/v?/charges*", 3, 0),
                              rule("/v1/*", 0, 1), rule("*.png", 1, 0)]}
        paths = ["/health", "/health/x", "/v1/charges", "/V2/CHARGES/7", "/v1/", "/logo.png", "/"]
        draw = random.Random(SEED)
        requests = [{"second": second, "host": "shop", "method": "GET", "path": draw.choice(paths)}
                    for second in range(1, SECONDS) for _ in range(draw.randrange(40))]

        told = ours("decide", [manifest, *requests])

        theirs = []
        with mock.patch("time.time") as now:
            now.return_value = 0
            sampler = DefaultSampler(manifest)
            for one in requests:
                now.return_value = one["second"]
                theirs.append(sampler.should_trace("shop", one["method"], one["path"]))
        self.assertEqual(told, theirs)
        self.assertTrue(0 < sum(told) < len(told))


if __name__ == "__main__":
    peers.main()
