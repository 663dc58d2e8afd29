# SPDX-License-Identifier: Apache-2.0
"""The X-Ray SDK for Node samples by the same service of rules as we do: the same decisions, the
same reports. The SDKs for Go and Python are in `make interop`."""
import shutil
import unittest

from central_sampling import DIFFERENT, QUOTAS, SAME, as_the_sdks_count, walk
import peers


def ours(steps):
    return walk((peers.BIN / "central_samples", "ADDRESS"), steps)


def node(steps):
    return walk((shutil.which("node"), peers.HERE / "node/sampling.mjs"), steps)


class CentralSampling(unittest.TestCase):
    def test_decides_and_reports_as_the_sdk_for_node(self):
        for name, steps in SAME.items():
            with self.subTest(name):
                decided, reported = ours(steps)

                self.assertEqual((decided, as_the_sdks_count(reported)), node(steps))
                self.assertTrue(any(decided))

    def test_takes_quotas_and_modifications_that_the_sdk_for_node_never_does(self):
        # The SDKs for Go and Python do: tests/interop/sampling.py.
        for name, steps in QUOTAS.items():
            with self.subTest(name):
                decided, reported = ours(steps)

                self.assertNotEqual(decided, [])
                if "interval" in name:
                    continue  # The one thing of a target that is no date.
                self.assertNotEqual((decided, as_the_sdks_count(reported)), node(steps))

    def test_differs_where_that_is_meant(self):
        for name, (steps, expected) in DIFFERENT.items():
            with self.subTest(name):
                self.assertEqual(ours(steps)[0], expected["ours"])
                self.assertEqual(node(steps)[0], expected["node"])

    def test_quotas_are_what_the_service_said(self):
        decided, reported = ours(QUOTAS["a quota is taken each second until its time has passed, "
                                        "then one is borrowed again"])

        sampled = [second is not False for second in decided]
        self.assertEqual(sampled, [
            True, False,                       # borrowed, before there is a quota
            True, True, True, False, False, True, True, True, True, False,
            True, True, True, False, False,    # the last second of the quota
            True, False, False, True, False,   # borrowed again
            True, False, False])
        self.assertEqual(reported, [{"full": (2, 1, 1)}, {"full": (20, 12, 2)},
                                    {"full": (3, 1, 0)}])


if __name__ == "__main__":
    peers.main()
