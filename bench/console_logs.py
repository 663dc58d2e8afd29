# SPDX-License-Identifier: Apache-2.0
"""What the console's store of logs takes and finds: PutLogEvents over one connection, then
FilterLogEvents over all of it, as SDKs ask. `console_logs.py BIN_FOLDER [EVENTS]`

Bodies are made before the clock starts; the client only sends them. Times are of this machine, with
client and console on it, and include HTTP and JSON.
"""
import http.client
import json
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

BATCH = 1000
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/logs/aws4_request, "
                           "SignedHeaders=host, Signature=00",
          "content-type": "application/x-amz-json-1.1"}
LEVELS = ("INFO", "INFO", "INFO", "DEBUG", "INFO", "WARN", "INFO", "INFO", "INFO", "INFO")
GROUP = {"logGroupName": "/aloft/payments"}


def message(number):
    level = "ERROR" if number % 10_000 == 7 else LEVELS[number % len(LEVELS)]
    return json.dumps({
        "timestamp": f"2026-11-27T10:{number // 60_000 % 60:02}:{number // 1000 % 60:02}.123456Z",
        "level": level, "message": "charge captured", "service": "payments", "logger": "charges",
        "request_id": f"{number:032x}", "tenant_id": f"tenant-{number % 50}",
        "trace_id": f"1-67891234-{number // 4:024x}", "span_id": f"{number:016x}",
        "fields": {"amount_minor": number, "currency": "EUR", "attempt": 1}},
        separators=(",", ":"))


def batches(events, began):
    """Bodies of PutLogEvents, all within the last minute, in order."""
    for first in range(0, events, BATCH):
        yield json.dumps({**GROUP, "logStreamName": "today", "logEvents": [
            {"timestamp": began + 60_000 * number // events, "message": message(number)}
            for number in range(first, min(first + BATCH, events))]}).encode()


class Client:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def ask(self, operation, body):
        self.connection.request("POST", "/", body, {
            **SIGNED, "x-amz-target": f"Logs_20140328.{operation}"})
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text[:300]
        return json.loads(text) if text else {}

    def filter(self, pattern):
        """Events found, pages, seconds."""
        found, pages, token, began = 0, 0, None, time.perf_counter()
        while True:
            page = self.ask("FilterLogEvents", json.dumps(
                {**GROUP, "filterPattern": pattern, **({"nextToken": token} if token else {})}))
            found += len(page["events"])
            pages += 1
            token = page.get("nextToken")
            if not token:
                return found, pages, time.perf_counter() - began


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(console, client, events):
    bodies = list(batches(events, int(time.time() * 1000) - 60_000))
    times, before, began = [], cpu_seconds(console), time.perf_counter()
    for body in bodies:
        start = time.perf_counter()
        client.ask("PutLogEvents", body)
        times.append(time.perf_counter() - start)
    took = time.perf_counter() - began
    times.sort()
    print(f"PutLogEvents: {events} events of {len(message(1))} bytes in batches of {BATCH}: "
          f"{events / took:,.0f} events/s; a batch p50 {statistics.median(times) * 1e3:.2f} ms, "
          f"p99 {times[len(times) * 99 // 100] * 1e3:.2f} ms; console CPU "
          f"{(cpu_seconds(console) - before) / events * 1e6:.1f} µs an event")
    for pattern in ("", '"no such words"', "ERROR", '{ $.level = "ERROR" }',
                    '{ $.tenant_id = "tenant-7" && $.fields.amount_minor > 999000 }'):
        found, pages, seconds = client.filter(pattern)
        print(f"FilterLogEvents {pattern or '(all)'}: {found} of {events} found "
              f"in {seconds:.2f} s, {pages} pages")
    times = []
    for _ in range(50):
        start = time.perf_counter()
        client.ask("GetLogEvents", json.dumps({**GROUP, "logStreamName": "today", "limit": 100}))
        times.append(time.perf_counter() - start)
    print(f"GetLogEvents, the newest 100: p50 {statistics.median(times) * 1e3:.2f} ms")


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "aloft-console"
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    console = subprocess.Popen(
        [program, "--http", "127.0.0.1:0", "--xray", "127.0.0.1:0", "--logs-max-bytes", "2G"],
        stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"xray (\S+)", console.stdout.readline()).group(1)
        client = Client(address)
        client.ask("CreateLogGroup", json.dumps(GROUP))
        client.ask("CreateLogStream", json.dumps({**GROUP, "logStreamName": "today"}))
        measure(console, client, events)
    finally:
        console.terminate()
        console.wait()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"the console's memory at its peak: {peak / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
