# SPDX-License-Identifier: Apache-2.0
"""One service of sampling rules with a script, and the peers that sample by it.

A peer is a program that reads one JSON object a line and answers one: our sampler, or an X-Ray SDK
in a small driver. Each goes through the same steps, at the same seconds of a clock that the steps
say: what it decided, and what it reported to the service, is compared.
"""
import http.server
import json
import subprocess
import threading

import peers

EPOCH = 1_735_787_045  # The second 0 of the steps; a clock of our tests starts there.
REPORT_KEYS = {"RuleName", "ClientID", "Timestamp", "RequestCount", "SampledCount", "BorrowCount"}


class RulesService(http.server.ThreadingHTTPServer):
    """GetSamplingRules and GetSamplingTargets as the steps have set them; it keeps each report."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), RulesHandler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.pages, self.targets, self.unprocessed = [[]], {}, []
        self.modified, self.down = EPOCH - 1000, False
        self.reads, self.reports = 0, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, path, body):
        if self.down:
            return 500, {"message": "down"}
        if path == "/GetSamplingRules":
            page = int(body.get("NextToken") or 0)
            self.reads += page == 0
            more = {"NextToken": str(page + 1)} if page + 1 < len(self.pages) else {}
            return 200, {"SamplingRuleRecords": [
                {"SamplingRule": one, "CreatedAt": EPOCH - 5000, "ModifiedAt": EPOCH - 5000}
                for one in self.pages[page]], **more}
        documents = body["SamplingStatisticsDocuments"]
        self.reports.append(documents)
        refused = {one["RuleName"] for one in self.unprocessed}
        targets = [{"RuleName": one["RuleName"], "FixedRate": self.rate_of(one["RuleName"]),
                    **self.targets.get(one["RuleName"], {})}
                   for one in documents if one["RuleName"] not in refused]
        return 200, {"SamplingTargetDocuments": targets, "LastRuleModification": self.modified,
                     "UnprocessedStatistics": self.unprocessed}

    def rate_of(self, name):
        return next((one["FixedRate"] for page in self.pages for one in page
                     if one["RuleName"] == name), 0)


class RulesHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.read_body() or b"{}")
        status, answer = self.server.answer(self.path, body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def read_body(self):
        if self.headers["transfer-encoding"] != "chunked":
            return self.rfile.read(int(self.headers["content-length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_):
        pass


def rule(name, priority, rate=0, reservoir=0, **more):
    return {"RuleName": name, "RuleARN": f"arn:aws:xray:eu-central-1:1:sampling-rule/{name}",
            "Priority": priority, "FixedRate": rate, "ReservoirSize": reservoir,
            "ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*",
            "ResourceARN": "*", "Version": 1, "Attributes": {}, **more}


def default(rate=0, reservoir=0):
    return rule("Default", 10000, rate, reservoir)


def decide(second, path="/", count=1, **more):
    """`count` requests; a field of None is not known."""
    request = {"host": "shop.example", "method": "GET", "service": "shop",
               "type": "AWS::ECS::Container", "path": path, **more}
    return [{"op": "decide", "second": second,
             **{key: value for key, value in request.items() if value is not None}}] * count


def read(second):
    return [{"op": "rules", "second": second}]


def report(second, rereads=False):
    """@param rereads: the answer makes a peer read the rules again; it is waited for that."""
    return [{"op": "report", "second": second, "rereads": rereads}]


def serve(**state):
    return [{"op": "serve", **state}]


def target(name, quota=None, until=None, rate=None, interval=None):
    said = {"ReservoirQuota": quota, "ReservoirQuotaTTL": until and EPOCH + until,
            "FixedRate": rate, "Interval": interval}
    return {name: {key: value for key, value in said.items() if value is not None}}


class Peer:
    """A driver of a sampler, with a service of its own; `walk` gives what it decided and told."""

    def __init__(self, *command, **variables):
        self.service = RulesService()
        self.process = subprocess.Popen(
            [str(word).replace("ADDRESS", self.service.address) for word in command], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=peers.environment(AWS_XRAY_DAEMON_ADDRESS=self.service.address, EPOCH=str(EPOCH),
                                  **variables))
        self.watchdog = threading.Timer(peers.LIFE_SECONDS, self.process.kill)
        self.watchdog.start()

    def walk(self, steps):
        decided, reported = [], []
        for step in steps:
            if step["op"] == "serve":
                for name, value in step.items():
                    if name != "op":
                        setattr(self.service, name, value)
                continue
            seen = len(self.service.reports)
            self.process.stdin.write(json.dumps(step) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"the peer ended at {step}")
            if step["op"] == "decide":
                answer = json.loads(line)
                decided.append(answer.get("rule", answer.get("sampled")))
            elif step["op"] == "report":
                reported.append(self.checked(self.service.reports[seen:], step["second"]))
        return decided, reported

    def checked(self, calls, second):
        """{rule: (requests, sampled, borrowed)} of a report whose form is the service's."""
        told = {}
        for one in (document for call in calls for document in call):
            assert REPORT_KEYS == set(one), one
            assert len(one["ClientID"]) == 24 and int(one["ClientID"], 16) >= 0, one
            self.client = getattr(self, "client", one["ClientID"])
            assert self.client == one["ClientID"], "another client id than before"
            assert abs(one["Timestamp"] - EPOCH - second) < 1, (one["Timestamp"], second)
            assert one["RuleName"] not in told, "a rule twice"
            told[one["RuleName"]] = (one["RequestCount"], one["SampledCount"], one["BorrowCount"])
        return told

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(peers.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.watchdog.cancel()
        self.process.stdout.close()
        self.service.shutdown()
        self.service.server_close()


def walk(command, steps, **variables):
    peer = Peer(*command, **variables)
    try:
        return peer.walk(steps)
    finally:
        peer.close()


def as_the_sdks_count(reported):
    """The guide counts what was borrowed inside of what was sampled, and so do we; no SDK does."""
    return [{name: (requests, sampled - borrowed, borrowed)
             for name, (requests, sampled, borrowed) in one.items()} for one in reported]


# Decided the same and reported the same by every peer.
SAME = {
    "a rule is for a host, a method, a path, a service, a kind of place": [
        *serve(pages=[[
            rule("host", 1, 1, Host="api.*"), rule("method", 2, 1, HTTPMethod="P?T"),
            rule("path", 3, 1, URLPath="/v?/charges*"), rule("name", 4, 1, ServiceName="pay*"),
            rule("type", 5, 1, ServiceType="AWS::EC2::*"), rule("no", 6, 0, URLPath="/health"),
            default(1)]]),
        *read(0),
        *decide(1, host="api.example"), *decide(1, host="API.EXAMPLE"), *decide(1, host="xapi.e"),
        *decide(1, method="PUT"), *decide(1, method="put"), *decide(1, method="POST"),
        *decide(1, "/v1/charges"), *decide(1, "/V2/CHARGES/7"), *decide(1, "/v12/charges"),
        *decide(1, service="payments"), *decide(1, service="repay"),
        *decide(1, type="AWS::EC2::Instance"), *decide(1, "/health"), *decide(1, "/healthy"),
        *report(10)],
    "the first by priority decides, then by name, the default last": [
        *serve(pages=[[
            default(1), rule("zebra", 20, 1, URLPath="/a*"), rule("ant", 20, 1, URLPath="/a*"),
            rule("bee", 9, 1, URLPath="/ab"), rule("cow", 10, 1, URLPath="/ab*")]]),
        *read(0),
        *decide(1, "/a"), *decide(1, "/ab"), *decide(1, "/abc"), *decide(1, "/x"),
        *report(10)],
    "one request a second is borrowed, from a reservoir that has any": [
        *serve(pages=[[rule("full", 1, 0, 50, URLPath="/f"), rule("empty", 2, 0, 0, URLPath="/e"),
                       rule("rest", 3, 1, 2, URLPath="/r"), default(0, 1)]]),
        *read(0),
        *decide(1, "/f", 3), *decide(1, "/e", 2), *decide(1, "/r", 3), *decide(1, "/", 2),
        *decide(2, "/f", 2), *decide(2, "/", 1), *decide(4, "/f", 1),
        *report(10),
        *decide(11, "/f", 1),
        *report(20), *report(30)],
    "a rule for attributes or a resource that nobody knows is for nobody": [
        *serve(pages=[[rule("attributes", 1, 1, Attributes={"plan": "gold"}),
                       rule("resource", 2, 1, ResourceARN="arn:aws:ecs:*"), default(1)]]),
        *read(0), *decide(1, count=2), *report(10)],
    "without rules, and an hour after the last of them, one a second by local rules": [
        *serve(pages=[[rule("all", 1, 0, 0), default(0)]], down=True), *decide(0),
        *serve(down=False), *read(10), *decide(11),
        *serve(down=True), *decide(3609), *decide(3612)],
}

# The same of every SDK but that for Node, which takes the service's seconds for milliseconds: each
# quota has then expired in 1970, and no rule was modified since.
QUOTAS = {
    "a quota is taken each second until its time has passed, then one is borrowed again": [
        *serve(pages=[[rule("full", 1, 0, 50), default(0)]], targets=target("full", 3, 15)),
        *read(0), *decide(9, count=2), *report(10),
        *decide(11, count=5), *decide(12, count=1), *decide(13, count=4), *decide(15, count=5),
        *decide(16, count=3), *decide(17, count=2),
        *serve(targets=target("full", 1, 500)), *report(20), *decide(21, count=3), *report(30)],
    "a quota of none is a quota": [
        *serve(pages=[[rule("full", 1, 0, 50), default(0)]], targets=target("full", 0, 500)),
        *read(0), *decide(1, count=2), *report(10), *decide(11, count=3), *report(20)],
    "the service changes a rate, with a quota or without": [
        *serve(pages=[[rule("some", 1, 0, 1, URLPath="/s"), rule("all", 2, 0, 0), default(0)]],
               targets={**target("some", 1, 500, 1), **target("all", rate=1)}),
        *read(0), *decide(1, "/s", 2), *decide(1, "/", 2), *report(10),
        *decide(11, "/s", 2), *decide(11, "/", 2), *report(20)],
    "a rule reports when its own interval has passed": [
        *serve(pages=[[rule("slow", 1, 0, 9, URLPath="/s"), default(0, 9)]],
               targets={**target("slow", 2, 900, interval=30), **target("Default", 2, 900,
                                                                         interval=10)}),
        *read(0), *decide(1, "/s"), *decide(1, "/"), *report(10),
        *decide(11, "/s"), *decide(11, "/"), *report(20),
        *decide(21, "/s"), *decide(21, "/"), *report(30),
        *decide(31, "/s"), *decide(31, "/"), *report(40)],
    "rules that were modified are read again, and what a rule has used stays": [
        *serve(pages=[[rule("old", 1, 1, URLPath="/o"), rule("kept", 2, 0, 9), default(0)]],
               targets=target("kept", 2, 900)),
        *read(0), *decide(1, "/o"), *decide(1, "/"), *report(10), *decide(11, "/", 3),
        *serve(pages=[[rule("new", 1, 1, URLPath="/o"), rule("kept", 2, 0, 9), default(0)]],
               modified=EPOCH + 15),
        *report(20, rereads=True),
        *decide(21, "/o"), *decide(21, "/", 3), *report(30)],
}

# Where we differ on purpose, or an SDK does: what each of them decides.
DIFFERENT = {
    "every page of the rules is read": (
        [*serve(pages=[[default(0)], [rule("second", 1, 1, URLPath="/s")]]),
         *read(0), *decide(1, "/s")],
        {"ours": ["second"], "python": [False], "go": [False], "node": [False]}),
    "what is not known of a request is matched by asterisks only": (
        [*serve(pages=[[rule("host", 1, 1, Host="shop*"), default(0)]]),
         *read(0), *decide(1, host=None)],
        {"ours": [False], "python": ["host"], "go": ["host"], "node": ["host"]}),
    "rules are read again when the service does not know one any more": (
        [*serve(pages=[[rule("gone", 1, 1), default(0)]]), *read(0), *decide(1),
         *serve(pages=[[rule("new", 1, 1), default(0)]],
                unprocessed=[{"RuleName": "gone", "ErrorCode": "400", "Message": "gone"}]),
         *report(10, rereads=True), *decide(11)],
        {"ours": ["gone", "new"], "python": ["gone", "gone"], "go": ["gone", "new"],
         "node": ["gone", "gone"]}),
}

# What the SDKs for Python 2.15.0 and Go 1.8.5 decide and report in each scenario, both the same; as
# they count, what was borrowed is not in what was sampled. `make interop` holds both to it.
AGREED = {
    "a rule is for a host, a method, a path, a service, a kind of place": (
        ["host", "host", "Default", "method", "method", "Default", "path", "path", "Default",
         "name", "Default", "type", False, "Default"],
        [{"host": (2, 2, 0), "method": (2, 2, 0), "path": (2, 2, 0), "name": (1, 1, 0),
          "type": (1, 1, 0), "no": (1, 0, 0), "Default": (5, 5, 0)}]),
    "the first by priority decides, then by name, the default last": (
        ["ant", "bee", "cow", "Default"],
        [{"bee": (1, 1, 0), "cow": (1, 1, 0), "ant": (1, 1, 0), "Default": (1, 1, 0)}]),
    "one request a second is borrowed, from a reservoir that has any": (
        ["full", False, False, False, False, "rest", "rest", "rest", "Default", False,
         "full", False, "Default", "full", "full"],
        [{"full": (6, 0, 3), "empty": (2, 0, 0), "rest": (3, 2, 1), "Default": (3, 0, 2)},
         {"full": (1, 0, 1)}, {}]),
    "a rule for attributes or a resource that nobody knows is for nobody": (
        ["Default", "Default"], [{"Default": (2, 2, 0)}]),
    "without rules, and an hour after the last of them, one a second by local rules": (
        [True, False, False, True], []),
    "a quota is taken each second until its time has passed, then one is borrowed again": (
        ["full", False,                           # borrowed, before there is a quota
         "full", "full", "full", False, False, "full", "full", "full", "full", False,
         "full", "full", "full", False, False,    # the last second of the quota
         "full", False, False, "full", False,     # borrowed again
         "full", False, False],
        [{"full": (2, 0, 1)}, {"full": (20, 10, 2)}, {"full": (3, 1, 0)}]),
    "a quota of none is a quota": (
        ["full", False, False, False, False], [{"full": (2, 0, 1)}, {"full": (3, 0, 0)}]),
    "the service changes a rate, with a quota or without": (
        ["some", False, False, False, "some", "some", "all", "all"],
        [{"some": (2, 0, 1), "all": (2, 0, 0)}, {"some": (2, 2, 0), "all": (2, 2, 0)}]),
    "a rule reports when its own interval has passed": (
        ["slow", "Default"] * 4,
        [{"slow": (1, 0, 1), "Default": (1, 0, 1)}, {"Default": (1, 1, 0)},
         {"Default": (1, 1, 0)}, {"slow": (3, 3, 0), "Default": (1, 1, 0)}]),
    "rules that were modified are read again, and what a rule has used stays": (
        ["old", "kept", "kept", "kept", False, "new", "kept", "kept", False],
        [{"old": (1, 1, 0), "kept": (1, 0, 1)}, {"kept": (3, 2, 0)},
         {"new": (1, 1, 0), "kept": (3, 2, 0)}]),
}
