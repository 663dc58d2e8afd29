# SPDX-License-Identifier: Apache-2.0
"""boto3 (Debian's) writes logs to the console and reads them, and cannot tell it from AWS.

Each answer is held to AWS's own model as it came over the wire; members that only a newer model
knows are named here.
"""
import json
import re
import time

import aws
import peers

# Of botocore 1.43's model, not of Debian's 1.29.
NEWER = re.compile(r"^DescribeLogGroups\.logGroups\[\d+\]\."
                   r"(logGroupClass|logGroupArn|deletionProtectionEnabled) is no member")
LIMIT = 1_048_576
DAY = 86_400_000


def now():
    return int(time.time() * 1000)


class Boto3Logs(peers.PeerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = aws.client("logs", cls.console.endpoint)
        cls.addClassCleanup(cls.logs.close)
        cls.wrong = []

        def check(operation_model, response_dict, **_):
            if response_dict["status_code"] < 300 and operation_model.output_shape:
                body = json.loads(response_dict["body"])
                found = aws.differences(operation_model.output_shape, body, operation_model.name)
                cls.wrong += [one for one in found if not NEWER.match(one)]
        cls.logs.meta.events.register("before-parse.cloudwatch-logs", check)

    def setUp(self):
        self.wrong.clear()
        self.addCleanup(lambda: self.assertEqual(self.wrong, []))
        self.group = f"/aloft/{self.id().rpartition('.')[2]}"
        self.logs.create_log_group(logGroupName=self.group)
        self.stream("today")

    def stream(self, name):
        self.logs.create_log_stream(logGroupName=self.group, logStreamName=name)

    def put(self, *messages, stream="today", at=None):
        at = at or now()
        return self.logs.put_log_events(
            logGroupName=self.group, logStreamName=stream,
            logEvents=[{"timestamp": at + number, "message": message}
                       for number, message in enumerate(messages)])

    def refusal(self, ask, **arguments):
        with self.assertRaises(self.logs.exceptions.ClientError) as raised:
            ask(**arguments)
        answer = raised.exception.response
        return (type(raised.exception).__name__, answer["Error"]["Message"],
                answer["ResponseMetadata"]["HTTPStatusCode"])

    def filtered(self, **arguments):
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, **arguments)
        return [event for page in pages for event in page["events"]]

    def test_events_come_back_as_they_were_put(self):
        at = now()
        messages = ["plain", '{"level":"ERROR","n":1}', "é 𝄞 \u2028 \t\n \x01 \"\\", "x" * 300_000]

        answer = self.put(*messages, at=at)
        got = self.logs.get_log_events(logGroupName=self.group, logStreamName="today",
                                       startFromHead=True)

        self.assertTrue(answer["nextSequenceToken"])
        self.assertNotIn("rejectedLogEventsInfo", answer)
        self.assertRegex(answer["ResponseMetadata"]["RequestId"], r"^[0-9a-f-]{36}$")
        self.assertEqual([event["message"] for event in got["events"]], messages)
        self.assertEqual([event["timestamp"] for event in got["events"]],
                         [at, at + 1, at + 2, at + 3])
        self.assertTrue(all(abs(event["ingestionTime"] - now()) < 60_000
                            for event in got["events"]))

    def test_forward_and_backward_tokens_walk_the_whole_stream(self):
        self.put(*(f"line {number}" for number in range(25)))
        ask = {"logGroupName": self.group, "logStreamName": "today", "limit": 10}

        forward, token = [], None
        while True:
            page = self.logs.get_log_events(startFromHead=True, **ask,
                                            **({"nextToken": token} if token else {}))
            forward += [event["message"] for event in page["events"]]
            if page["nextForwardToken"] == token:
                break
            token = page["nextForwardToken"]
        backward, token = [], None
        while True:
            page = self.logs.get_log_events(**ask, **({"nextToken": token} if token else {}))
            backward = [event["message"] for event in page["events"]] + backward
            if page["nextBackwardToken"] == token:
                break
            token = page["nextBackwardToken"]

        self.assertEqual(forward, [f"line {number}" for number in range(25)])
        self.assertEqual(backward, forward)

    def test_the_paginator_of_filters_finds_every_event_once(self):
        self.stream("other")
        at = now() - 10_000
        for batch in range(3):
            self.put(*(f"odd {n}" if n % 2 else f"even {n}" for n in range(5000)),
                     stream="today" if batch % 2 else "other", at=at)

        odd = self.filtered(filterPattern="odd", PaginationConfig={"PageSize": 999})

        self.assertEqual(len(odd), 7500)
        self.assertEqual(len({event["eventId"] for event in odd}), 7500)
        times = [event["timestamp"] for event in odd]
        self.assertEqual(times, sorted(times))
        self.assertEqual({event["logStreamName"] for event in odd}, {"today", "other"})

    def test_pages_end_at_a_megabyte(self):
        for letter in "abc":
            self.put(letter * 500_000)

        pages = list(self.logs.get_paginator("filter_log_events").paginate(logGroupName=self.group))

        self.assertEqual([len(page["events"]) for page in pages], [2, 1])

    def test_the_limits_of_a_batch_are_the_services_to_the_byte(self):
        put = {"logGroupName": self.group, "logStreamName": "today"}
        at = now()

        def batch(*sizes):
            return [{"timestamp": at, "message": "x" * size} for size in sizes]
        self.logs.put_log_events(**put, logEvents=batch(LIMIT - 26))
        self.logs.put_log_events(**put, logEvents=batch(LIMIT - 52 - 1000, 1000))
        self.logs.put_log_events(**put, logEvents=batch(*[78] * 10_000))

        for events, message in [
                (batch(LIMIT - 25), "Log event too large: 1048577 bytes exceeds limit of 1048576"),
                (batch(LIMIT - 52 - 1000, 1001),
                 "Upload too large: 1048577 bytes exceeds limit of 1048576"),
                ([{"timestamp": at, "message": "a"}, {"timestamp": at - 1, "message": "b"}],
                 "Log events in a single PutLogEvents request must be in chronological order."),
                ([{"timestamp": at - DAY - 1, "message": "a"}, {"timestamp": at, "message": "b"}],
                 "The batch of log events in a single PutLogEvents request cannot span more than "
                 "24 hours.")]:
            self.assertEqual(self.refusal(self.logs.put_log_events, **put, logEvents=events),
                             ("InvalidParameterException", message, 400))
        code, message, status = self.refusal(self.logs.put_log_events, **put,
                                             logEvents=batch(*[1] * 10_001))
        self.assertIn("Member must have length less than or equal to 10000", message)

    def test_events_outside_the_window_are_rejected_by_index(self):
        at = now()
        times = [at - 15 * DAY, at - 14 * DAY - 60_000, at - 1000, at, at + 3 * 3_600_000]

        answer = self.logs.put_log_events(
            logGroupName=self.group, logStreamName="today",
            logEvents=[{"timestamp": time, "message": str(time)} for time in times])

        self.assertEqual(answer["rejectedLogEventsInfo"],
                         {"tooOldLogEventEndIndex": 2, "tooNewLogEventStartIndex": 4})
        self.assertEqual([event["timestamp"] for event in self.filtered()], times[2:4])

    def test_what_is_missing_or_there_already_is_an_exception_of_its_own(self):
        create, stream = self.logs.create_log_group, self.logs.create_log_stream

        self.assertEqual(self.refusal(create, logGroupName=self.group),
                         ("ResourceAlreadyExistsException",
                          "The specified log group already exists", 400))
        self.assertEqual(self.refusal(stream, logGroupName=self.group, logStreamName="today"),
                         ("ResourceAlreadyExistsException",
                          "The specified log stream already exists", 400))
        self.assertEqual(self.refusal(stream, logGroupName="/none", logStreamName="x"),
                         ("ResourceNotFoundException",
                          "The specified log group does not exist.", 400))
        self.assertEqual(self.refusal(self.logs.get_log_events, logGroupName=self.group,
                                      logStreamName="none"),
                         ("ResourceNotFoundException",
                          "The specified log stream does not exist.", 400))
        code, message, status = self.refusal(create, logGroupName="a:b")
        self.assertEqual((code, status), ("InvalidParameterException", 400))
        self.assertEqual(message, "1 validation error detected: Value 'a:b' at 'logGroupName' "
                         "failed to satisfy constraint: Member must satisfy regular expression "
                         r"pattern: [\.\-_/#A-Za-z0-9]+")

    def test_groups_and_streams_are_described_in_pages(self):
        for number in range(120):
            self.stream(f"s{number:03}")
        self.put("x", stream="s007")

        pages = list(self.logs.get_paginator("describe_log_streams").paginate(
            logGroupName=self.group))
        newest = self.logs.describe_log_streams(logGroupName=self.group, orderBy="LastEventTime",
                                                descending=True, limit=1)["logStreams"]
        group = self.logs.describe_log_groups(logGroupNamePrefix=self.group)["logGroups"][0]

        self.assertEqual([len(page["logStreams"]) for page in pages], [50, 50, 21])
        self.assertEqual([one["logStreamName"] for one in newest], ["s007"])
        self.assertEqual(newest[0]["firstEventTimestamp"], newest[0]["lastEventTimestamp"])
        self.assertEqual(group["storedBytes"], 27)
        self.assertEqual(group["arn"],
                         f"arn:aws:logs:eu-central-1:000000000000:log-group:{self.group}:*")

    def test_retention_and_tags_are_kept(self):
        arn = f"arn:aws:logs:eu-central-1:000000000000:log-group:{self.group}"
        self.logs.put_retention_policy(logGroupName=self.group, retentionInDays=14)
        self.logs.tag_resource(resourceArn=arn, tags={"team": "payments"})

        described = self.logs.describe_log_groups(logGroupNamePrefix=self.group)["logGroups"][0]
        tags = self.logs.list_tags_for_resource(resourceArn=arn)["tags"]
        self.logs.delete_retention_policy(logGroupName=self.group)
        self.logs.delete_log_stream(logGroupName=self.group, logStreamName="today")
        self.logs.delete_log_group(logGroupName=self.group)

        self.assertEqual(described["retentionInDays"], 14)
        self.assertEqual(tags, {"team": "payments"})
        self.assertEqual(
            self.logs.describe_log_groups(logGroupNamePrefix=self.group)["logGroups"], [])

    def test_an_unknown_operation_is_refused_by_name(self):
        code, message, status = self.refusal(self.logs.describe_destinations)

        self.assertEqual(status, 501)
        self.assertIn("DescribeDestinations is not implemented by aloft-console", message)


if __name__ == "__main__":
    peers.main()
