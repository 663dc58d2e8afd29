# SPDX-License-Identifier: Apache-2.0
"""The X-Ray SDK for Node samples by the same service of rules as we do: the same decisions, the
same reports. What the SDKs for Go and Python do is stored, and held to them by `make interop`."""
import shutil
import unittest

from central_sampling import AGREED, DIFFERENT, QUOTAS, SAME, as_the_sdks_count, walk
import peers


def ours(steps):
    return walk((peers.BIN / "central_samples", "ADDRESS"), steps)


def node(steps):
    return walk((shutil.which("node"), peers.HERE / "node/sampling.mjs"), steps)


class CentralSampling(unittest.TestCase):
    def test_decides_and_reports_as_the_sdks_for_go_and_python_in_every_scenario(self):
        self.assertEqual(set(AGREED), {*SAME, *QUOTAS})
        for name, steps in {**SAME, **QUOTAS}.items():
            with self.subTest(name):
                decided, reported = ours(steps)

                self.assertEqual((decided, as_the_sdks_count(reported)), AGREED[name])

    def test_the_sdk_for_node_does_the_same_but_for_quotas_and_modifications(self):
        for name, steps in SAME.items():
            with self.subTest(name):
                self.assertEqual(node(steps), AGREED[name])
        for name, steps in QUOTAS.items():
            with self.subTest(name):
                self.assertNotEqual(node(steps), AGREED[name])

    def test_differs_where_that_is_meant(self):
        for name, (steps, expected) in DIFFERENT.items():
            with self.subTest(name):
                self.assertEqual(ours(steps)[0], expected["ours"])
                self.assertEqual(node(steps)[0], expected["node"])

    def test_counts_what_was_borrowed_inside_of_what_was_sampled(self):
        reported = ours(QUOTAS["a quota is taken each second until its time has passed, "
                               "then one is borrowed again"])[1]

        self.assertEqual(reported, [{"full": (2, 1, 1)}, {"full": (20, 12, 2)},
                                    {"full": (3, 1, 0)}])


if __name__ == "__main__":
    peers.main()
