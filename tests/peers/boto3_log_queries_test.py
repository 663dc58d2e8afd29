# SPDX-License-Identifier: Apache-2.0
"""boto3 and the aws CLI (Debian's) query the logs of the console with Logs Insights, and page
through what filter patterns find.

Each answer is held to AWS's own model as it came over the wire; members that only a newer model
knows are named here.
"""
import json
import os
import re
import subprocess
import time

import aws
import peers

# Of botocore 1.43's model, not of Debian's 1.29.
NEWER = re.compile(
    r"^(GetQueryResults(\.statistics)?|DescribeQueries\.queries\[\d+\])\."
    r"(queryLanguage|nextToken|estimatedRecordsSkipped|estimatedBytesSkipped|logGroupsScanned"
    r"|queryDuration|bytesScanned) is no member")
# Debian's CLI, not one that a version manager put first in PATH.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any",
               "AWS_DEFAULT_REGION": "eu-central-1"}
GROUP = "/aloft/queried"


class Boto3LogQueries(peers.PeerTest):
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
        cls.logs.create_log_group(logGroupName=GROUP)
        cls.logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
        now = int(time.time() * 1000)
        cls.logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[
            {"timestamp": now + number, "message": json.dumps({
                "level": "ERROR" if number % 4 == 0 else "INFO", "latency": number})}
            for number in range(100)])

    def tearDown(self):
        self.assertEqual(self.wrong, [])

    def results(self, query, **more):
        now = int(time.time())
        started = self.logs.start_query(logGroupName=GROUP, startTime=now - 60, endTime=now + 60,
                                        queryString=query, **more)
        until = time.monotonic() + peers.ARRIVAL_SECONDS
        while time.monotonic() < until:
            answer = self.logs.get_query_results(queryId=started["queryId"])
            if answer["status"] not in ("Scheduled", "Running"):
                break
        self.assertEqual(answer["status"], "Complete")
        rows = [{one["field"]: one["value"] for one in row} for row in answer["results"]]
        return rows, answer["statistics"]

    def test_statistics_come_in_groups(self):
        rows, statistics = self.results(
            "stats count(*) as n, avg(latency) as mean, pct(latency, 99) as p by level | sort n")

        self.assertEqual(rows, [{"level": "ERROR", "n": "25", "mean": "48", "p": "96"},
                                {"level": "INFO", "n": "75", "mean": "50", "p": "99"}])
        self.assertEqual((statistics["recordsMatched"], statistics["recordsScanned"]), (100, 100))

    def test_rows_are_events_that_can_be_asked_for(self):
        rows, _ = self.results("fields latency | filter level = 'ERROR' | sort latency desc",
                               limit=3)

        self.assertEqual([row["latency"] for row in rows], ["96", "92", "88"])
        record = self.logs.get_log_record(logRecordPointer=rows[0]["@ptr"])["logRecord"]
        self.assertEqual(json.loads(record["@message"]), {"level": "ERROR", "latency": 96})

    def test_a_mistake_has_its_place(self):
        with self.assertRaises(self.logs.exceptions.MalformedQueryException) as raised:
            self.results("fields latency | filter latency >")

        wrong = raised.exception.response["queryCompileError"]
        self.assertEqual(wrong["location"], {"startCharOffset": 33, "endCharOffset": 33})

    def test_queries_are_described_and_those_at_their_end_not_stopped(self):
        self.results("fields @message | limit 1")
        found = self.logs.describe_queries(logGroupName=GROUP, status="Complete")["queries"]

        self.assertIn("fields @message | limit 1", [one["queryString"] for one in found])
        with self.assertRaises(self.logs.exceptions.InvalidParameterException):
            self.logs.stop_query(queryId=found[0]["queryId"])

    def test_a_filter_pattern_finds_across_pages(self):
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=GROUP, filterPattern="{ $.latency >= 90 && $.level = INF* }",
            PaginationConfig={"PageSize": 2})
        found = [json.loads(event["message"])["latency"] for page in pages
                 for event in page["events"]]

        self.assertEqual(found, [90, 91, 93, 94, 95, 97, 98, 99])

    def test_the_cli_starts_a_query_and_reads_it(self):
        def ask(*words):
            done = subprocess.run(
                ["aws", "logs", *words, "--endpoint-url", self.console.endpoint, "--output",
                 "text"], capture_output=True, text=True, timeout=peers.LIFE_SECONDS,
                env={**os.environ, **ENVIRONMENT})
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.strip()
        now = int(time.time())
        query = ask("start-query", "--log-group-name", GROUP, "--start-time", str(now - 60),
                    "--end-time", str(now + 60), "--query-string",
                    "filter level = 'ERROR' | stats count(*) as n", "--query", "queryId")

        self.assertEqual(ask("get-query-results", "--query-id", query, "--query",
                             "[status, results[0][0].value]"), "Complete\t25")


if __name__ == "__main__":
    peers.main()
