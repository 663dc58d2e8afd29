# SPDX-License-Identifier: Apache-2.0
"""boto3 (Debian: python3-boto3) writes traces, reads them back, and takes sampling rules."""
import datetime
import json
import secrets
import tempfile
import time

import aws
import peers

MINUTE = datetime.timedelta(minutes=1)


class Boto3(aws.AwsTest):
    def summaries(self, **more):
        """All summaries of the last minute, with the pages that they came on."""
        now = datetime.datetime.now(datetime.timezone.utc)
        pages = list(self.xray.get_paginator("get_trace_summaries").paginate(
            **{"StartTime": now - MINUTE, "EndTime": now + MINUTE, **more}))
        return [one for page in pages for one in page["TraceSummaries"]], len(pages)

    def summary(self, trace):
        found, _ = self.summaries()
        return next(one for one in found if one["Id"] == trace)

    def test_bad_documents_come_back_and_the_others_are_taken(self):
        trace = aws.new_trace()
        good = [aws.document("good", trace) for _ in range(3)]
        wrong_trace = aws.document("bad", "1-1-1")
        no_name = aws.document("bad", trace)
        del no_name["name"]

        unprocessed = self.put(good[0], "not json", good[1], wrong_trace, no_name, good[2])

        self.assertEqual([one.get("Id") for one in unprocessed],
                         [None, wrong_trace["id"], no_name["id"]])
        for one in unprocessed:
            self.assertTrue(one["ErrorCode"] and one["Message"])
        self.assertEqual({one["id"] for one in self.get(trace)[trace]},
                         {one["id"] for one in good})

    def test_fifty_documents_are_taken_and_fifty_one_refused(self):
        trace = aws.new_trace()
        many = [aws.document("many", trace) for _ in range(51)]

        with self.assertRaises(self.xray.exceptions.InvalidRequestException):
            self.put(*many)
        self.put_all(*many[:50])

        self.assertEqual(len(self.get(trace)[trace]), 50)

    def test_a_summary_tells_what_the_model_promises(self):
        trace = aws.new_trace()
        self.put_all(aws.document(
            "shop", trace, user="ada", origin="AWS::ECS::Container",
            annotations={"tenant_id": "acme", "amount": 4.5, "first": True},
            http={"request": {"method": "POST", "url": "http://shop.example/orders",
                              "user_agent": "curl/7.88", "client_ip": "192.0.2.7"},
                  "response": {"status": 429}}, error=True, throttle=True))

        got = self.summary(trace)

        self.assertAlmostEqual(got["Duration"], 0.05, places=3)
        self.assertAlmostEqual(got["ResponseTime"], 0.05, places=3)
        self.assertEqual([got[key] for key in ("HasFault", "HasError", "HasThrottle", "IsPartial")],
                         [False, True, True, False])
        self.assertEqual(got["Http"], {
            "HttpURL": "http://shop.example/orders", "HttpStatus": 429, "HttpMethod": "POST",
            "UserAgent": "curl/7.88", "ClientIp": "192.0.2.7"})
        values = {key: one[0]["AnnotationValue"] for key, one in got["Annotations"].items()}
        self.assertEqual(values, {"tenant_id": {"StringValue": "acme"},
                                  "amount": {"NumberValue": 4.5},
                                  "first": {"BooleanValue": True}})
        self.assertEqual([one["UserName"] for one in got["Users"]], ["ada"])
        self.assertEqual([(one["Name"], one["Type"]) for one in got["ServiceIds"]],
                         [("shop", "AWS::ECS::Container")])
        self.assertEqual(got["EntryPoint"]["Name"], "shop")

    def test_pages_hold_every_trace_once(self):
        traces = [aws.new_trace() for _ in range(250)]
        for start in range(0, len(traces), 50):
            self.put_all(*(aws.document("paged", trace) for trace in traces[start:start + 50]))

        for kind in ("TraceId", "Event"):
            found, pages = self.summaries(TimeRangeType=kind,
                                          FilterExpression='service("paged")')

            self.assertEqual(sorted(one["Id"] for one in found), sorted(traces), kind)
            self.assertGreater(pages, 1, kind)

    def test_only_traces_of_the_range_are_told(self):
        old = f"1-{int(time.time()) - 3600:08x}-{secrets.token_hex(12)}"
        began = time.time() - 3600
        self.put_all({"name": "old", "id": secrets.token_hex(8), "trace_id": old,
                      "start_time": began, "end_time": began + 1})
        hour_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)

        now, _ = self.summaries()
        then, _ = self.summaries(StartTime=hour_ago - MINUTE, EndTime=hour_ago + MINUTE)

        self.assertNotIn(old, [one["Id"] for one in now])
        self.assertEqual([one["Id"] for one in then], [old])

    def test_a_filter_expression_narrows_and_a_wrong_one_is_refused(self):
        good, bad = aws.new_trace(), aws.new_trace()
        self.put_all(aws.document("filtered", good), aws.document("filtered", bad, fault=True))

        found, _ = self.summaries(FilterExpression='service("filtered") AND fault')

        self.assertEqual([one["Id"] for one in found], [bad])
        code, message, status = self.refusal(self.summaries, FilterExpression="service(")
        self.assertEqual((code, status), ("InvalidRequestException", 400))
        self.assertRegex(message, "^Invalid FilterExpression at byte 8: ")

    def test_each_part_of_the_filter_language_finds_its_trace(self):
        trace, other = aws.new_trace(), aws.new_trace()
        api = aws.document(
            "api.part", trace, fault=True, user="alice", origin="AWS::ECS::Container",
            annotations={"tenant_id": "tenant-123", "age": 30},
            http={"request": {"method": "GET", "url": "http://api.part/v2/x"},
                  "response": {"status": 502}})
        call = {**{key: api[key] for key in ("start_time", "end_time")}, "fault": True,
                "namespace": "aws", "name": "DynamoDB", "id": secrets.token_hex(8),
                "cause": {"exceptions": [{"type": "Denied", "message": "Access denied"}]}}
        self.put_all({**api, "subsegments": [call]}, aws.document("other.part", other))

        for expression in [
                'annotation.tenant_id = "tenant-123"', 'annotation[age] > 29 AND http.status = 502',
                'service("api.part") { fault } OR service("nobody")', '!ok AND user = "alice"',
                'service(id(name: "api.part", type: "AWS::ECS::Container")) { root = true }',
                'edge("api.part", "DynamoDB") { fault AND !error }',
                'http.url BEGINSWITH "http://api.part/" AND !service("other.part")',
                'rootcause.fault.service { inferred and type = "AWS::DynamoDB" }'
                ' AND user = "alice"',
                'rootcause.fault.exception { last and message CONTAINS "denied" }'
                ' AND (duration < 1 OR partial)']:
            found, _ = self.summaries(FilterExpression=expression)
            self.assertEqual([one["Id"] for one in found], [trace], expression)

    def test_root_causes_of_a_summary_find_it_again(self):
        trace = aws.new_trace()
        self.put_all(aws.document("root.cause", trace, error=True))
        cause = self.summary(trace)["ErrorRootCauses"]

        found, _ = self.summaries(FilterExpression=f"rootcause.json = #{json.dumps(cause)}")

        self.assertEqual([one["Id"] for one in found], [trace])

    def test_five_traces_are_got_and_six_refused(self):
        known = [aws.new_trace() for _ in range(4)]
        self.put_all(*(aws.document("batch", trace) for trace in known))
        unknown = aws.new_trace()

        answer = self.xray.batch_get_traces(TraceIds=[*known, unknown])

        self.assertEqual({trace["Id"] for trace in answer["Traces"]}, set(known))
        self.assertEqual(answer["UnprocessedTraceIds"], [unknown])
        code, message, status = self.refusal(self.xray.batch_get_traces,
                                             TraceIds=[*known, unknown, aws.new_trace()])
        self.assertEqual((code, status), ("InvalidRequestException", 400))

    def test_streamed_and_in_progress_documents_are_merged_in_any_order(self):
        trace = aws.new_trace()
        whole = aws.document("merged", trace)
        child = aws.document("child", trace, type="subsegment", parent_id=whole["id"])
        grandchild = aws.document("grandchild", trace, type="subsegment", parent_id=child["id"])
        begun = {key: whole[key] for key in ("name", "id", "trace_id", "start_time")}

        self.put_all(grandchild, {**begun, "in_progress": True})
        self.assertTrue(self.summary(trace)["IsPartial"])
        self.put_all(whole, child)

        self.assertFalse(self.summary(trace)["IsPartial"])
        segments = self.get(trace)[trace]
        self.assertEqual([one["id"] for one in segments], [whole["id"]])
        self.assertNotIn("in_progress", segments[0])
        self.assertEqual(segments[0]["subsegments"][0]["id"], child["id"])
        self.assertEqual(segments[0]["subsegments"][0]["subsegments"][0]["id"], grandchild["id"])

    def test_sampling_rules_and_targets(self):
        rules = self.xray.get_sampling_rules()["SamplingRuleRecords"]
        report = {"RuleName": "Default", "ClientID": "0123456789abcdef01234567",
                  "Timestamp": datetime.datetime.now(), "RequestCount": 10, "SampledCount": 2,
                  "BorrowCount": 1}
        answer = self.xray.get_sampling_targets(
            SamplingStatisticsDocuments=[report, {**report, "RuleName": "nobody"}])

        rule = rules[-1]["SamplingRule"]
        self.assertEqual((rule["RuleName"], rule["Priority"], rule["FixedRate"],
                          rule["ReservoirSize"], rule["Version"]), ("Default", 10000, 0.05, 1, 1))
        target = answer["SamplingTargetDocuments"][0]
        self.assertEqual((target["RuleName"], target["FixedRate"], target["Interval"]),
                         ("Default", 0.05, 10))
        self.assertEqual([one["RuleName"] for one in answer["UnprocessedStatistics"]],
                         ["nobody"])

    def test_sampling_rules_of_a_file_come_in_pages_and_quotas_are_shared(self):
        everything = dict.fromkeys(
            ["ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"], "*")
        rules = [{"RuleName": f"rule-{number}", "Priority": 1 + number, "FixedRate": 0.5,
                  "ReservoirSize": 10, "Version": 1, **everything} for number in range(120)]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(rules, file)
            file.flush()
            console = peers.Console("--sampling-rules", file.name)
        self.addCleanup(console.close)
        xray = aws.client("xray", console.endpoint)
        self.addCleanup(xray.close)

        pages = list(xray.get_paginator("get_sampling_rules").paginate())
        reports = [{"RuleName": "rule-7", "ClientID": client * 24, "RequestCount": 10,
                    "SampledCount": 2, "Timestamp": datetime.datetime.now()} for client in "abcabc"]
        targets = xray.get_sampling_targets(
            SamplingStatisticsDocuments=reports)["SamplingTargetDocuments"]

        names = [record["SamplingRule"]["RuleName"] for page in pages
                 for record in page["SamplingRuleRecords"]]
        self.assertEqual(names, [rule["RuleName"] for rule in rules] + ["Default"])
        self.assertGreater(len(pages), 1)
        self.assertEqual([one["ReservoirQuota"] for one in targets[3:]], [4, 3, 3])

    def test_telemetry_records_are_taken(self):
        self.xray.put_telemetry_records(
            TelemetryRecords=[{"Timestamp": datetime.datetime.now(), "SegmentsSentCount": 3,
                               "BackendConnectionErrors": {"TimeoutCount": 1}}],
            Hostname="host.example")

    def test_the_caller_has_an_identity(self):
        sts = aws.client("sts", self.console.endpoint)
        self.addCleanup(sts.close)

        answer = sts.get_caller_identity()

        self.assertRegex(answer["Account"], r"^\d{12}$")
        self.assertRegex(answer["Arn"], r"^arn:aws:\w+::\d{12}:")
        self.assertTrue(answer["UserId"])

    def test_an_unknown_operation_is_refused_by_name(self):
        code, message, status = self.refusal(self.xray.get_groups)

        self.assertEqual((code, status), ("NotImplementedException", 501))
        self.assertIn("GetGroups", message)


if __name__ == "__main__":
    peers.main()
