# SPDX-License-Identifier: Apache-2.0
"""What the tests that read with AWS clients share: documents to put, and AWS's model as oracle."""
import json
import secrets
import time

import boto3
from botocore.config import Config

import peers

PYTHON_TYPES = {"string": str, "boolean": bool, "integer": int, "long": int,
                "double": (int, float), "float": (int, float), "timestamp": (int, float),
                "list": list, "map": dict, "structure": dict}


def differences(shape, value, where):
    """How a part of an answer differs from what AWS's own model says of it."""
    wanted = PYTHON_TYPES[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        yield f"{where} is {json.dumps(value)[:60]}, not a {shape.type_name}"
    elif shape.type_name == "structure":
        for key in shape.required_members:
            if key not in value:
                yield f"{where}.{key} is missing"
        for key, member in value.items():
            if key in shape.members:
                yield from differences(shape.members[key], member, f"{where}.{key}")
            else:
                yield f"{where}.{key} is no member of the model"
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from differences(shape.member, member, f"{where}[{number}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from differences(shape.value, member, f"{where}.{key}")
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{where} is {value}, none of the model's values"


def client(service, endpoint):
    """A client of boto3 as a user makes it; any credentials will do, and it tries once."""
    return boto3.client(service, endpoint_url=endpoint,
                        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5,
                                      read_timeout=10, proxies={}))


def new_trace():
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"


def document(name, trace, **members):
    """A finished segment of 50 ms that ends now."""
    now = round(time.time(), 3)
    return {"name": name, "id": secrets.token_hex(8), "trace_id": trace,
            "start_time": now - 0.05, "end_time": now, **members}


class AwsTest(peers.PeerTest):
    """Each answer of X-Ray, good or bad, is held to AWS's model as it came over the wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.xray = client("xray", cls.console.endpoint)
        cls.addClassCleanup(cls.xray.close)
        cls.wrong = []

        def check(operation_model, response_dict, **_):
            if response_dict["status_code"] < 300:
                body = json.loads(response_dict["body"])
                cls.wrong += differences(operation_model.output_shape, body, operation_model.name)
        cls.xray.meta.events.register("before-parse.xray", check)

    def setUp(self):
        self.wrong.clear()
        self.addCleanup(lambda: self.assertEqual(self.wrong, []))

    def put(self, *documents):
        """Puts documents; gives those that the console did not take."""
        texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
        answer = self.xray.put_trace_segments(TraceSegmentDocuments=texts)
        return answer["UnprocessedTraceSegments"]

    def put_all(self, *documents):
        self.assertEqual(self.put(*documents), [])

    def get(self, *traces):
        """The segments of each trace, parsed, by trace id."""
        answer = self.xray.batch_get_traces(TraceIds=list(traces))
        self.assertEqual(answer["UnprocessedTraceIds"], [])
        return {trace["Id"]: [json.loads(one["Document"]) for one in trace["Segments"]]
                for trace in answer["Traces"]}

    def refusal(self, ask, **arguments):
        """Code, message and status of an error that botocore raises, by its modelled name."""
        with self.assertRaises(self.xray.exceptions.ClientError) as raised:
            ask(**arguments)
        answer = raised.exception.response
        return (answer["Error"]["Code"], answer["Error"]["Message"],
                answer["ResponseMetadata"]["HTTPStatusCode"])
