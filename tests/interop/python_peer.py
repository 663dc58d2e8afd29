# SPDX-License-Identifier: Apache-2.0
"""Sends COUNT segments with the X-Ray SDK for Python: `python_peer.py COUNT`.

It first takes the sampling rules from the daemon's address, as the SDK does by itself at its first
decision. Prints one JSON object: how many segments were sent, and the names of the rules.
"""
import json
import sys
import time

from aws_xray_sdk.core import xray_recorder

RULES_SECONDS = 10
count = int(sys.argv[1])
xray_recorder.configure(service="python-peer", context_missing="RUNTIME_ERROR")
xray_recorder.begin_segment("first decision", sampling=None)
xray_recorder.clear_trace_entities()  # It is not counted, so it is not sent.
end = time.monotonic() + RULES_SECONDS
cache = xray_recorder.sampler._rule_poller._cache
while not cache.rules and time.monotonic() < end:
    time.sleep(0.02)

for number in range(count):
    segment = xray_recorder.begin_segment("python-peer", sampling=1)
    segment.put_annotation("tenant_id", "acme")
    segment.put_metadata("number", number)
    xray_recorder.begin_subsegment("step")
    xray_recorder.end_subsegment()
    xray_recorder.end_segment()
    time.sleep(0.001)  # The SDK's socket does not block: what does not fit is lost.
print(json.dumps({"sent": count, "rules": [rule.name for rule in cache.rules]}))
