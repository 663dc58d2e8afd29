# SPDX-License-Identifier: Apache-2.0
"""A real OpenTelemetry Collector between us and the console: `collector.py BIN RECORDED COLLECTOR`.

The same spans go to one console as datagrams, and to another one as OTLP through the Collector.
What the two say of each trace must be the same to the byte, but for `revision`.
"""
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
import peers  # noqa: E402: the tests of peers have what this shares

DOCUMENTS, SECONDS = 3, 20
CONFIG = """receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:{port}
exporters:
  otlp_http:
    endpoint: {console}
    compression: {compression}
    encoding: {encoding}
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [otlp_http]
"""


def free_port():
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        return tcp.getsockname()[1]


def wait_for(ask, what):
    end = time.monotonic() + SECONDS
    while not (found := ask()):
        if time.monotonic() > end:
            raise SystemExit(f"interop failed: {what} did not come within {SECONDS} s")
        time.sleep(0.1)
    return found


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def told(console):
    """Every trace with its segments, once all documents are there."""
    wait_for(lambda: console.status()["intake"]["documents"] >= DOCUMENTS, "the documents")
    ids = [trace["id"] for trace in peers.get_json(f"{console.url}/api/traces")["traces"]]
    traces = [peers.get_json(f"{console.url}/api/traces/{one}") for one in ids]
    for trace in traces:
        del trace["summary"]["revision"]
    return json.dumps(traces, sort_keys=True)


def send(recorded, *arguments):
    done = subprocess.run([recorded, *arguments], check=True, text=True, timeout=60,
                          env=peers.environment(), stdout=subprocess.PIPE)
    return int(re.match(r"(\d+) accepted", done.stdout).group(1))


def through_the_collector(recorded, program, compression, encoding):
    console, collector = peers.Console(), None
    try:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            config = pathlib.Path(folder, "collector.yaml")
            config.write_text(CONFIG.format(port=port, console=console.url,
                                            compression=compression, encoding=encoding))
            collector = subprocess.Popen([program, "--config", f"file:{config}"],
                                         env=peers.environment(), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: answers(port), "the Collector")
            spans = send(recorded, "otlp", f"http://127.0.0.1:{port}/v1/traces")
            return spans, told(console), console.status()["otlp"]
    finally:
        if collector:
            collector.terminate()
            collector.wait(SECONDS)
        console.close()


def main(recorded, program):
    console = peers.Console()
    try:
        sent = send(recorded, "udp", console.endpoint.removeprefix("http://"))
        expected = told(console)
    finally:
        console.close()
    good = True
    for compression, encoding in (("gzip", "proto"), ("none", "json")):
        spans, got, otlp = through_the_collector(recorded, program, compression, encoding)
        same = got == expected and spans == sent == otlp["stored"] and not otlp["rejected"]
        good &= same
        print(f"OTLP through the Collector, {encoding}, {compression}: {spans} spans sent, "
              f"{otlp['stored']} stored, {'agree with' if same else 'DIFFER from'} the datagrams")
    return 0 if good else 1


if __name__ == "__main__":
    peers.BIN = pathlib.Path(sys.argv[1]).resolve()
    sys.exit(main(*(pathlib.Path(argument).resolve() for argument in sys.argv[2:4])))
