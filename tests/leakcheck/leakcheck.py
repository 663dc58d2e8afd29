#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants secrets in the running example system and looks for them in all that it emits and writes.

    tests/leakcheck/leakcheck.py BIN_FOLDER [--rounds N] [--keep FOLDER]

The console, fraud, ledger and payments run as `make run` starts them, in a folder of their own; the
wires between services and console go through recorders. Every file of that folder is searched
(stores, records kept on disk, what the programs printed), every byte of the wires, every answer;
whatever file or wire comes later is searched too. Secrets differ from run to run.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import search
import wires

READY_SECONDS, STOP_SECONDS = 20, 10
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def card_number(rng, prefix="4"):
    body = prefix + "".join(rng.choice("0123456789") for _ in range(15 - len(prefix)))
    total = 0
    for i, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def planted(rng):
    """Secrets that nobody has, by what they are."""
    some = lambda count: "".join(rng.choice(LETTERS) for _ in range(count))
    spaced = lambda number, mark: mark.join(number[i:i + 4] for i in range(0, 16, 4))
    return {"card": card_number(rng),
            "spaced": spaced(card_number(rng, f"5{rng.randrange(1, 6)}"), " "),
            "dashed": spaced(card_number(rng, "6011"), "-"), "password": "Zebra-" + some(14),
            "token": "ghp_" + some(36), "key": "sk_" + "live_" + some(24), "session": some(32),
            "aws": "AKIA" + "".join(rng.choice(BASE32) for _ in range(16))}


def charge(description, number="4242424242424242"):
    return json.dumps({"amount_minor": 4200, "currency": "USD", "description": description,
                       "card": {"number": number, "cvv": "739"}})


def requests_with(secrets, canary):
    """Method, target, headers, body of one request for each place that a caller can fill."""
    key = {"x-api-key": "demo-acme"}
    typed = dict(key, **{"content-type": "application/json"})
    password = secrets["password"]
    yield "POST", "/v1/charges", typed, charge(f"a {canary}")
    yield "POST", "/v1/charges", typed, charge(f"login with password={password}")
    yield "POST", "/v1/charges", typed, json.dumps({"user": {"password": password}})
    yield "GET", f"/v1/charges?password={password}&limit=2", key, None
    for secret in secrets.values():
        if secret in (password, secrets["session"]):  # they are secrets under their key only
            continue
        quoted = urllib.parse.quote(secret, safe="")
        every = "".join(f"%{ord(c):02x}" for c in secret)
        escaped = "".join(f"\\u{ord(c):04x}" for c in secret)
        yield "GET", f"/v1/charges/{quoted}", key, None
        yield "GET", f"/v1/charges?limit=1&q={every}", key, None
        yield "GET", "/v1/charges", {"x-api-key": secret}, None
        yield "GET", "/v1/charges", dict(key, **{"user-agent": f"shop/1 ({secret})"}), None
        yield "GET", "/v1/charges", dict(key, **{"x-request-id": quoted}), None
        yield "GET", "/v1/charges", dict(key, **{"traceparent": f"00-{quoted}-01"}), None
        yield "GET", "/v1/charges", dict(key, **{"x-forwarded-for": f"{quoted}, 10.0.0.1"}), None
        yield "POST", "/v1/charges", typed, charge(f"paid with {secret} today")
        yield "POST", "/v1/charges", typed, charge("x", secret)
        yield "POST", "/v1/charges", typed, charge("x").replace('"x"', f'"{escaped}"')
        yield "POST", "/v1/charges", typed, f'{{"card":{{"number":"{secret}'
        yield "POST", "/v1/charges", typed, f"SELECT 1 FROM t WHERE n = '{secret}'"
    session = secrets["session"]
    yield "GET", "/v1/charges", dict(key, authorization=f"Bearer {session}"), None
    yield "GET", "/v1/charges", dict(key, cookie=f"sid={session}; a=b"), None
    yield "GET", f"/v1/charges?session_token={session}", key, None


class System:
    """The programs, in one folder; stopped at the end of a `with`."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder, self.processes = binaries, folder, []
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("ALOFT_", "AWS_", "OTEL_"))}
        self.environment.update(no_proxy="127.0.0.1", NO_PROXY="127.0.0.1",
                                AWS_CONFIG_FILE="/dev/null",
                                AWS_SHARED_CREDENTIALS_FILE="/dev/null")

    def start(self, name, *arguments, **variables):
        """Starts a program and answers its ready line."""
        out = self.folder / f"{name}.log"
        with open(out, "wb") as file:
            process = subprocess.Popen([self.binaries / name, *arguments], stdout=file, stderr=file,
                                       stdin=subprocess.DEVNULL, cwd=self.folder,
                                       env=dict(self.environment, **variables))
        self.processes.append(process)
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and process.poll() is None:
            ready = re.search(rf"^{name} ready.*$", out.read_text(errors="replace"), re.M)
            if ready:
                return ready[0]
            time.sleep(0.05)
        sys.exit(f"{name} did not start: {out.read_text(errors='replace')}")

    def stop(self):
        for process in reversed(self.processes):  # callers first, the console last
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            if process.poll() is None:
                process.kill()
                process.wait()
        self.processes = []


def port_in(text, after=""):
    """The first port that a ready line tells behind a word."""
    found = re.search(r":(\d+)", text[text.index(after):])
    return int(found[1])


def ask(port, request):
    """All of the answer; a service may close a connection that tells nonsense."""
    method, target, headers, body = request
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        return str(answer.getheaders()).encode() + answer.read(), answer.status
    except (http.client.HTTPException, OSError) as broken:
        return str(broken).encode(), 0
    finally:
        connection.close()


def run(binaries, folder, secrets_of_rounds, canary):
    """Plants the secrets; answers what came back, by name."""
    system = System(binaries, folder)
    answers, statuses = [], []
    with wires.Recorders(folder) as recorders:
        try:
            ready = system.start("aloft-console", "--db", str(folder / "console.db"),
                                 "--http", "127.0.0.1:0", "--xray", "127.0.0.1:0")
            page = recorders.tcp("page", port_in(ready, "http"))
            xray = port_in(ready, "xray") if "xray" in ready else port_in(ready, "X-Ray")
            xray_tcp, xray_udp = recorders.tcp("xray", xray), recorders.udp("daemon", xray)
            keep = {"ALOFT_CONSOLE_URL": f"http://127.0.0.1:{page}"}
            aws = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local",
                   "AWS_SECRET_ACCESS_KEY": "local",
                   "AWS_ENDPOINT_URL_XRAY": f"http://127.0.0.1:{xray_tcp}",
                   "AWS_ENDPOINT_URL_LOGS": f"http://127.0.0.1:{xray_tcp}"}
            fraud = port_in(system.start(
                "fraud", "--listen", "127.0.0.1:0", "--fail-rate", "0.25", **keep, **aws,
                ALOFT_KEEP_ON_DISK=str(folder / "kept-fraud")))
            ledger = port_in(system.start(
                "ledger", "--listen", "127.0.0.1:0", "--db", str(folder / "ledger.db"), **keep,
                OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{page}",
                ALOFT_KEEP_ON_DISK=str(folder / "kept-ledger")))
            payments = port_in(system.start(
                "payments", "--listen", "127.0.0.1:0", "--ledger", f"http://127.0.0.1:{ledger}",
                "--fraud", f"http://127.0.0.1:{fraud}", **keep,
                AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{xray_udp}"))
            for secrets in secrets_of_rounds:
                for request in requests_with(secrets, canary):
                    answer, status = ask(payments, request)
                    answers.append(answer)
                    statuses.append(status)
        finally:
            system.stop()
    print(f"{len(statuses)} requests, {sum(200 <= s < 300 for s in statuses)} of them done")
    return b"\n".join(answers)


def texts_of(folder, answers):
    yield "answers", answers
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def check_search(rng):
    """A search that finds nothing has to be one that would find something."""
    secret = card_number(rng)
    for form in search.forms(secret).values():
        assert list(search.leaks_in(b"x " + form + b" y", [secret])), form
    spaced = " ".join(secret[i:i + 4] for i in range(0, 16, 4)).encode()
    assert list(search.leaks_in(spaced, [secret]))
    assert list(search.leaks_in(b"x" + search.zlib.compress(b"a" * 20 + secret.encode()), [secret]))
    assert not list(search.leaks_in(b"x " + card_number(rng).encode(), [secret]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="run there, and leave the files behind")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    check_search(rng)
    canary = "canary-" + "".join(rng.choice(LETTERS) for _ in range(12))
    rounds = [planted(rng) for _ in range(given.rounds)]
    secrets = [secret for planted_ones in rounds for secret in planted_ones.values()]
    with contextlib.ExitStack() as stack:
        folder = given.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        answers = run(given.binaries.resolve(), folder, rounds, canary)
        found, searched, seen = [], 0, []
        for name, data in texts_of(folder, answers):
            searched += len(data)
            found += [(name, *leak) for leak in search.leaks_in(data, secrets)]
            if any(canary.encode() in text for text in (data, *search.unpacked(data))):
                seen.append(name)
    print(f"seed {seed}: {len(secrets)} secrets, {searched:,} bytes searched; "
          f"what is none was seen in {', '.join(seen) or 'nothing'}")
    for name, secret, form in found:
        print(f"LEAK: {secret!r} in {name}, {form}")
    if not any(name.startswith("wire-") for name in seen):
        print("nothing of what was sent arrived: the check saw nothing")
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
