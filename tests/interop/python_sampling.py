# SPDX-License-Identifier: Apache-2.0
"""Drives the central sampler of the X-Ray SDK for Python by lines of JSON; see central_sampling.py.

The SDK's own polls run when a line says so, at the second that it says, in place of its threads.
"""
import json
import os
import sys
from unittest import mock

from aws_xray_sdk.core import xray_recorder

FIELDS = ("host", "method", "path", "service")
xray_recorder.configure(service="shop", context_missing="IGNORE_ERROR")
sampler = xray_recorder.sampler
sampler._started = True
rules, targets = sampler._rule_poller, sampler._target_poller

for line in sys.stdin:
    step, answer = json.loads(line), {}
    with mock.patch("time.time", return_value=int(os.environ["EPOCH"]) + step["second"]):
        if step["op"] == "rules":
            rules._refresh_cache()
            rules._time_elapsed = 0
            rules._reset_time_to_wait()
        elif step["op"] == "report":
            targets._do_work()
            if rules._time_elapsed >= rules._time_to_wait:  # woken before its time
                rules._refresh_cache()
                rules._time_elapsed = 0
        else:
            request = {name: step[name] for name in FIELDS if name in step}
            decided = sampler.should_trace({**request, "service_type": step.get("type")})
            answer = {"rule": decided} if isinstance(decided, str) else {"sampled": bool(decided)}
    print(json.dumps(answer), flush=True)
