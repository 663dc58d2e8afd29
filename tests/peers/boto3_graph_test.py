# SPDX-License-Identifier: Apache-2.0
"""boto3 (Debian: python3-boto3) reads the graph of services, of a time range and of traces."""
import datetime
import secrets

import aws
import peers

MINUTE = datetime.timedelta(minutes=1)


def call(name, took, **members):
    """A subsegment that calls another service."""
    part = aws.document(name, None, **{"namespace": "remote", **members})
    del part["trace_id"]
    part["start_time"] = round(part["end_time"] - took, 6)
    return part


class Boto3Graph(aws.AwsTest):
    """shop calls stock, which answers, and a table of DynamoDB, which cannot."""

    def put_trace(self, suffix, fault=False):
        """A trace of two services, a table and a client; gives its id."""
        trace = aws.new_trace()
        to_stock = call(f"stock{suffix}", 0.020, fault=fault)
        to_table = call("DynamoDB", 0.010, namespace="aws",
                        aws={"operation": "GetItem", "table_name": f"carts{suffix}"})
        shop = aws.document(f"shop{suffix}", trace, origin="AWS::ECS::Container", fault=fault,
                            subsegments=[to_stock, to_table])
        stock = aws.document(f"stock{suffix}", trace, parent_id=to_stock["id"], fault=fault)
        stock["start_time"] = round(stock["end_time"] - 0.015, 6)
        self.put_all(stock, shop)
        return trace

    def graph(self, answer):
        """Services by name and type, and edges by the names at their ends."""
        services = {one["ReferenceId"]: one for one in answer["Services"]}
        self.assertEqual(len(services), len(answer["Services"]), "ReferenceIds are unique")
        edges = {(one["Name"], services[edge["ReferenceId"]]["Name"]): edge
                 for one in answer["Services"] for edge in one["Edges"]
                 if one.get("Type") != "client"}
        clients = {services[edge["ReferenceId"]]["Name"]: edge for one in answer["Services"]
                   if one.get("Type") == "client" for edge in one["Edges"]}
        named = {one["Name"]: one for one in answer["Services"] if one.get("Type") != "client"}
        return named, edges, clients

    def check(self, answer, suffix, traces, faults):
        named, edges, clients = self.graph(answer)
        shop, stock, carts = f"shop{suffix}", f"stock{suffix}", f"carts{suffix}"

        self.assertEqual(named[shop]["Type"], "AWS::ECS::Container")
        self.assertEqual(named[carts]["Type"], "AWS::DynamoDB::Table")
        self.assertTrue(named[shop]["Root"])
        self.assertFalse(named[stock].get("Root", False))
        for name in (shop, stock):
            total = named[name]["SummaryStatistics"]
            self.assertEqual((total["TotalCount"], total["OkCount"],
                              total["FaultStatistics"]["TotalCount"]),
                             (traces, traces - faults, faults), name)
        wanted = {(shop, stock): (0.020, faults), (shop, carts): (0.010, 0)}
        for ends, (took, failed) in wanted.items():
            total = edges[ends]["SummaryStatistics"]
            self.assertEqual((total["TotalCount"], total["FaultStatistics"]["TotalCount"]),
                             (traces, failed), ends)
            self.assertAlmostEqual(total["TotalResponseTime"], took * traces, places=3)
            self.assertEqual(sum(one["Count"] for one in edges[ends]["ResponseTimeHistogram"]),
                             traces)
        self.assertEqual(clients[shop]["SummaryStatistics"]["TotalCount"], traces)

    def test_the_graph_of_a_time_range(self):
        suffix = secrets.token_hex(3)
        for fault in (False, False, True):
            self.put_trace(suffix, fault)
        now = datetime.datetime.now(datetime.timezone.utc)

        pages = self.xray.get_paginator("get_service_graph").paginate(StartTime=now - MINUTE,
                                                                      EndTime=now + MINUTE)

        self.check({"Services": [one for page in pages for one in page["Services"]]},
                   suffix, traces=3, faults=1)

    def test_the_graph_of_some_traces(self):
        suffix = secrets.token_hex(3)
        traces = [self.put_trace(suffix, fault) for fault in (False, True, True)]

        answer = self.xray.get_trace_graph(TraceIds=traces[:2])

        self.assertEqual(len(answer["Services"]), 4)  # shop, its client, stock, carts
        self.check(answer, suffix, traces=2, faults=1)

    def test_a_range_without_traces_has_no_services(self):
        then = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)

        answer = self.xray.get_service_graph(StartTime=then, EndTime=then + MINUTE)

        self.assertEqual(answer["Services"], [])


if __name__ == "__main__":
    peers.main()
