#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files of examples/deploy, held to the models of AWS's own client and to our documents.

Not run: docker, kubectl, systemd. What is checked is that AWS would take the task definition, that
the policies allow what we call and no more, and that every variable is one that we read.
"""
import configparser
import json
import pathlib
import re
import sys
import unittest

import botocore.session
import botocore.validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "examples" / "deploy"
VARIABLES = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/configuration.md").read_text(), re.M))


def read(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


class Deploy(unittest.TestCase):
    def test_the_task_definition_is_what_ecs_takes(self):
        model = botocore.session.get_session().get_service_model("ecs")
        shape = model.operation_model("RegisterTaskDefinition").input_shape
        task = json.loads(read("ecs/task-definition.json"))
        report = botocore.validate.ParamValidator().validate(task, shape)
        self.assertFalse(report.has_errors(), report.generate_report())

    def test_a_fargate_task_has_a_size_that_exists_and_a_stop_below_the_limit(self):
        task = json.loads(read("ecs/task-definition.json"))
        self.assertEqual(task["cpu"], "256")
        self.assertIn(task["memory"], {"512", "1024", "2048"})
        self.assertLessEqual(task["containerDefinitions"][0]["stopTimeout"], 120)
        mounts = {m["sourceVolume"] for m in task["containerDefinitions"][0]["mountPoints"]}
        self.assertEqual(mounts, {v["name"] for v in task["volumes"]})

    # What each role calls, and no more: docs/guides/tracing.md, "Permissions".
    ALLOWED = {
        "traces-policy.json": ["xray:PutTraceSegments"],
        "sampling-policy.json": ["xray:GetSamplingRules", "xray:GetSamplingTargets"],
        "daemon-policy.json": ["xray:GetSamplingRules", "xray:GetSamplingTargets",
                               "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    }

    def test_the_policies_are_policies_and_allow_what_is_called_and_no_more(self):
        model = botocore.session.get_session().get_service_model("xray")
        allowed = {}
        for path in sorted((DEPLOY / "iam").glob("*.json")):
            if path.name == "logs-policy.json":
                continue
            policy = json.loads(path.read_text(encoding="utf-8"))
            self.assertEqual(policy["Version"], "2012-10-17", path.name)
            for statement in policy["Statement"]:
                self.assertEqual("Principal" in statement, "trust" in path.name, path.name)
                if "trust" not in path.name:
                    self.assertEqual(statement["Effect"], "Allow", path.name)
                    # None of these actions can be narrowed to a resource, as the guide says.
                    self.assertEqual(statement["Resource"], "*", path.name)
                    allowed.setdefault(path.name, []).extend(statement["Action"])
        self.assertEqual({name: sorted(actions) for name, actions in allowed.items()},
                         self.ALLOWED)
        for action in sum(allowed.values(), []):
            self.assertIn(action.removeprefix("xray:"), model.operation_names)

    def test_the_policy_of_logs_allows_what_its_guide_names_on_its_groups_alone(self):
        model = botocore.session.get_session().get_service_model("logs")
        statement, = json.loads(read("iam/logs-policy.json"))["Statement"]
        self.assertEqual(statement["Effect"], "Allow")
        for resource in statement["Resource"]:
            self.assertRegex(resource, r"^arn:aws:logs:[a-z0-9-]+:111122223333:log-group:/aloft/\*")
        guide = (ROOT / "docs/guides/send-logs-to-cloudwatch.md").read_text(encoding="utf-8")
        section = guide.split("## Permissions")[1].split("\n## ")[0]
        self.assertIn("iam/logs-policy.json", section)
        self.assertEqual(sorted(statement["Action"]), sorted(re.findall(r"`(logs:\w+)`", section)))
        for action in statement["Action"]:
            self.assertIn(action.removeprefix("logs:"), model.operation_names)

    def test_the_guide_names_each_action_and_each_policy(self):
        guide = (ROOT / "docs/guides/tracing.md").read_text(encoding="utf-8")
        section = guide.split("## Permissions")[1].split("\n## ")[0]
        self.assertIn("so each policy says `*`", section)
        for name, actions in self.ALLOWED.items():
            self.assertIn(f"iam/{name}", section)
            for action in actions:
                self.assertIn(f"`{action}`", section)

    def test_the_manifest_belongs_together(self):
        account, deployment = list(yaml.safe_load_all(read("eks/payments.yaml")))
        spec = deployment["spec"]["template"]["spec"]
        self.assertEqual(spec["serviceAccountName"], account["metadata"]["name"])
        self.assertEqual(deployment["metadata"]["namespace"], account["metadata"]["namespace"])
        self.assertEqual(deployment["spec"]["selector"]["matchLabels"],
                         deployment["spec"]["template"]["metadata"]["labels"])
        volumes = {volume["name"] for volume in spec["volumes"]}
        self.assertEqual(volumes, {m["name"] for m in spec["containers"][0]["volumeMounts"]})

    def test_every_variable_is_one_that_we_read(self):
        task = json.loads(read("ecs/task-definition.json"))["containerDefinitions"][0]
        deployment = list(yaml.safe_load_all(read("eks/payments.yaml")))[1]
        pod = deployment["spec"]["template"]["spec"]["containers"][0]
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read_string(read("ec2/payments.service"))
        self.assertEqual(unit["Service"]["TimeoutStopSec"], "30")
        named = {e["name"] for e in task["environment"]} | {e["name"] for e in pod["env"]}
        named |= set(re.findall(r"^Environment=([A-Z_]+)=", read("ec2/payments.service"), re.M))
        self.assertEqual(len(named), 4)
        self.assertLessEqual(named, VARIABLES)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
