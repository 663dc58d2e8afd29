# SPDX-License-Identifier: Apache-2.0
"""The real X-Ray daemon between our services and the console: `run.py BIN INTEROP`.

BIN holds our programs, INTEROP what scripts/interop has built: the daemon, a Go peer and a Python
SDK that samples centrally. Every sender says what it sent; the console says what it has. The two
must agree to the document and to the span. DURATION seconds of load at RATE requests a second.
"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
import peers  # noqa: E402: the tests of peers have what this shares

HERE = pathlib.Path(__file__).resolve().parent
DURATION, RATE = (int(os.environ.get(name, default))
                  for name, default in (("DURATION", "30"), ("RATE", "200")))
SDK_SEGMENTS = 500
SETTLE_SECONDS, TELEMETRY_SECONDS, LOADS = 20, 75, 4
CONFIG = """Version: 2
Endpoint: "{endpoint}"
Region: eu-central-1
LocalMode: true
Logging:
  LogLevel: debug
  LogPath: "{log}"
"""


class Failed(Exception):
    """What did not come out, in a sentence."""


def free_port():
    """A port that nothing holds now, for UDP and TCP alike; the daemon takes no port 0."""
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        return tcp.getsockname()[1]


def wait_for(ask, seconds, what):
    end = time.monotonic() + seconds
    while not (found := ask()):
        if time.monotonic() > end:
            raise Failed(f"{what} did not come within {seconds} s")
        time.sleep(0.1)
    return found


class Daemon:
    """The X-Ray daemon of AWS with dummy credentials, its back end being the console."""

    def __init__(self, program, console, folder):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.log = folder / "daemon.log"
        self.log.unlink(missing_ok=True)
        config = folder / "daemon.yaml"
        config.write_text(CONFIG.format(endpoint=console.endpoint, log=self.log))
        self.process = subprocess.Popen(
            [program, "-b", self.address, "-t", self.address, "-c", config],
            env=peers.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.began = time.monotonic()
        wait_for(self.answers, 10, "the daemon")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def said(self, pattern):
        return re.findall(pattern, self.log.read_text())

    def dropped_by_the_kernel(self):
        wanted = f":{self.port:04X}"
        for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]:
            if line.split()[1].endswith(wanted):
                return int(line.split()[-1])
        return None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start(name, daemon, *options, **variables):
    """One of our services; it says at its end what became of its spans."""
    service = peers.Program(peers.BIN / name, "--listen", "127.0.0.1:0", *options,
                            life_seconds=DURATION + 60, AWS_XRAY_DAEMON_ADDRESS=daemon.address,
                            ALOFT_LOGS_EXPORTER="none",
                            **variables)
    service.url = service.find(r"(http://[^\s]+)")
    return service


def accounts(name, said):
    """What a service sent; it has lost nothing on its own side, else this fails."""
    found = re.search(r"(\d+) requests; spans: (\d+) accepted = (\d+) acknowledged \+ "
                      r"(\d+) sent \+ (\d+) durable \+ (\d+) dropped \+ (\d+) rejected \+ "
                      r"(\d+) unknown \+ (\d+) in flight", said)
    if not found:
        raise Failed(f"{name} said nothing of its spans: {said}")
    requests, accepted, acknowledged, sent, *lost = map(int, found.groups())
    if acknowledged + sent != accepted or any(lost):
        raise Failed(f"{name} lost spans on its own side: {found.group(0)}")
    return requests, sent


def run_ours(daemon, folder, name, **variables):
    """Load on our three services for a while; what their accounts say together.

    `name` is that of payments in this run, by which its traces are told from those of another.
    """
    for file in folder.glob("ledger.db*"):
        file.unlink()
    services = {}
    try:
        services["fraud"] = start("fraud", daemon, "--fail-rate", "0.05", **variables)
        services["ledger"] = start("ledger", daemon, "--db", folder / "ledger.db", **variables)
        services["payments"] = start("payments", daemon, "--ledger", services["ledger"].url,
                                     "--fraud", services["fraud"].url,
                                     **{**variables, "ALOFT_SERVICE_NAME": name})
        loads = [subprocess.Popen(
            [peers.BIN / "load", "--target", services["payments"].url,
             "--rate", str(max(1, RATE // LOADS)), "--duration", str(DURATION)],
            stdout=subprocess.DEVNULL) for _ in range(LOADS)]
        for load in loads:
            load.wait(DURATION + 30)
    finally:
        for name in reversed(services):  # The caller first, so that no call is cut off.
            services[name].close()
    books = [accounts(name, service.said) for name, service in services.items()]
    return {"documents": sum(requests for requests, _ in books),
            "spans": sum(sent for _, sent in books)}


def run_peer(daemon, *command, **variables):
    done = subprocess.run([str(word) for word in (*command, SDK_SEGMENTS)], check=True, text=True,
                          env=peers.environment(AWS_XRAY_DAEMON_ADDRESS=daemon.address,
                                                **variables),
                          stdout=subprocess.PIPE, timeout=120)
    said = json.loads(done.stdout.splitlines()[-1])
    return {"documents": said["sent"], "spans": 2 * said["sent"], "rules": said.get("rules")}


def received(console):
    """What the console has, by the service that sent it."""
    counts, before = {}, ""
    while True:
        page = peers.get_json(f"{console.url}/api/traces?limit=500{before}")
        for trace in page["traces"]:
            count = counts.setdefault(trace["service"], {"documents": 0, "spans": 0})
            count["documents"] += trace["segments"]
            count["spans"] += trace["spans"]
        if not page["next"]:
            return counts
        before = f"&before={page['next']}"


def settle(console, expected):
    """Waits for what is still on its way; how much came then stands in the table."""
    end = time.monotonic() + SETTLE_SECONDS
    while console.status()["intake"]["documents"] < expected and time.monotonic() < end:
        time.sleep(0.1)


def report(rows, console, daemon):
    """Prints the table; gives whether every row agrees, and the daemon's count with the console's.

    Of the SDK for Go only segments are compared: where its two closers race, it sends a segment
    again, with the subsegments listed twice. The daemon's count has those, too.
    """
    kernel = daemon.dropped_by_the_kernel()
    daemon.close()  # It tells its counts at its end.
    got, good = received(console), True
    print(f"\n{'sender':<34}{'documents':>11}{'received':>10}{'spans':>9}{'received':>10}")
    for title, service, sent in rows:
        have = got.get(service, {"documents": 0, "spans": 0})
        same = all(have[key] == sent[key] for key in have if sent[key] is not None)
        good &= same
        print(f"{title:<34}{sent['documents']:>11}{have['documents']:>10}"
              f"{sent['spans'] or '?':>9}{have['spans']:>10}  {'agree' if same else 'DIFFER'}")
    intake = console.status()["intake"]
    print(f"\nconsole: {intake['documents']} documents stored, {intake['duplicates']} duplicates, "
          f"rejected {intake['rejected']}")
    through, = daemon.said(r"Trace segment: received: (\d+), truncated: 0, processed: \d+") or [-1]
    print(f"daemon: {through} documents in, {len(daemon.said('Successfully sent batch'))} batches, "
          f"{len(daemon.said('Unprocessed segment'))} unprocessed, "
          f"{len(daemon.said('Sending segment batch failed'))} failed, "
          f"{kernel} datagrams dropped by the kernel")
    same = int(through) == intake["documents"] + intake["duplicates"]
    return good and same and not kernel and not intake["rejected"]


def main(folder):
    peers.LIFE_SECONDS = DURATION + TELEMETRY_SECONDS + 300
    console = peers.Console()
    daemon = None
    try:
        daemon = Daemon(folder / "tracing", console, folder)
        ours = run_ours(daemon, folder, "payments")
        offloaded = run_ours(daemon, folder, "payments-offload", ALOFT_XRAY_OFFLOAD="1")
        python = run_peer(daemon, sys.executable, "-B", HERE / "python_peer.py",
                          PYTHONPATH=str(folder / "python"))
        go = {**run_peer(daemon, folder / "go-peer"), "spans": None}
        rows = [(f"our three, {RATE}/s for {DURATION} s", "payments", ours),
                ("the same, many at once", "payments-offload", offloaded),
                (os.environ.get("PYTHON_PEER", "Python SDK"), "python-peer", python),
                (os.environ.get("GO_PEER", "Go SDK"), "go-peer", go)]
        expected = sum(sent["documents"] for _, _, sent in rows)
        settle(console, expected)
        left = TELEMETRY_SECONDS - (time.monotonic() - daemon.began)
        wait_for(lambda: daemon.said(r"Send \d+ telemetry record"), max(1, left),
                 "the daemon's telemetry, taken by the console,")
        good = report(rows, console, daemon)
        print(f"sampling rules through the daemon: {python['rules']}")
        print("telemetry of the daemon: taken")
        if python["rules"] != ["Default"]:
            raise Failed("the Python SDK did not get the console's rule through the daemon")
        if not good:
            raise Failed("what was sent and what was received differ")
    except Failed as failed:
        print(f"interop failed: {failed}", file=sys.stderr)
        return 1
    finally:
        if daemon:
            daemon.close()
        console.close()
    return 0


if __name__ == "__main__":
    peers.BIN = pathlib.Path(sys.argv[1]).resolve()
    sys.exit(main(pathlib.Path(sys.argv[2]).resolve()))
