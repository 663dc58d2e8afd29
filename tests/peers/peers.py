# SPDX-License-Identifier: Apache-2.0
"""What the tests of real peers share: a console of their own, and how they wait for it.

A peer is software of others that speaks a wire of ours: an X-Ray SDK, an AWS client. It runs here
as its users run it; only its address is ours. The tests need Debian's interpreter, because
Debian's packages are seen by no other (tests/peers/CMakeLists.txt).
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ARRIVAL_SECONDS = 15
STOP_SECONDS = 5
LIFE_SECONDS = 110  # Below the time limit of ctest, so that nothing outlives a test.
BIN = None  # The folder of our programs; `main` sets it.

# What makes an AWS client deterministic: no profile, no metadata service, no pager, one region.
AWS_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "any-secret-will-do",
    "AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1", "AWS_PAGER": "",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
    "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


def environment(**more):
    """This process's environment, without what it says to AWS clients and to Aloft, and `more`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "ALOFT_")) and not name.lower().endswith("_proxy")}
    return {**kept, **AWS_VARIABLES, "NO_PROXY": "127.0.0.1", **more}


def get_json(url):
    with urllib.request.urlopen(url, timeout=ARRIVAL_SECONDS) as answer:
        return json.load(answer)


class Program:
    """A child process that says one ready line; it ends with the test, whatever happens."""

    def __init__(self, *command, life_seconds=None, **variables):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(word) for word in command], env=environment(**variables), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)
        self.watchdog = threading.Timer(life_seconds or LIFE_SECONDS, self.process.kill)
        self.watchdog.start()
        self.ready = self.process.stdout.readline()
        if not self.ready:
            self.close()
            raise AssertionError(f"{command[0]} ended before it was ready: {self.said}")

    def find(self, pattern):
        """The first group of `pattern` in the ready line."""
        found = re.search(pattern, self.ready)
        if not found:
            raise AssertionError(f"not the ready line that was expected: {self.ready}")
        return found.group(1)

    def close(self):
        """SIGTERM, then SIGKILL; gives the exit code. The second call does nothing."""
        if self.process.stdout.closed:
            return self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.watchdog.cancel()
        self.process.stdout.close()
        self.errors.seek(0)
        self.said = self.errors.read()
        self.errors.close()
        return self.process.returncode


class Console(Program):
    """A real aloft-console on ports of its own, with a store in memory."""

    def __init__(self, *more):
        super().__init__(BIN / "aloft-console", "--memory", "--http", "127.0.0.1:0",
                         "--xray", "127.0.0.1:0", *more)
        self.url = self.find(r"console (http://[^\s/]+)")
        self.xray = self.find(r"xray ([^\s]+)")
        self.endpoint = f"http://{self.xray}"

    def status(self):
        return get_json(f"{self.url}/api/status")

    def traces(self, search=""):
        query = f"limit=500&q={urllib.request.quote(search)}"
        return get_json(f"{self.url}/api/traces?{query}")["traces"]

    def documents(self, trace):
        """The documents of a trace as they came; none while it is unknown."""
        try:
            return get_json(f"{self.url}/api/traces/{trace}")["segments"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return []
            raise


class PeerTest(unittest.TestCase):
    """One console for the tests of a class: what each of them sends is a trace of its own."""

    @classmethod
    def setUpClass(cls):
        cls.console = Console()
        cls.addClassCleanup(cls.console.close)

    def wait_for(self, ask, what="it"):
        """What `ask` gives once that is true: datagrams travel for a moment."""
        end = time.monotonic() + ARRIVAL_SECONDS
        while time.monotonic() < end:
            found = ask()
            if found:
                return found
            time.sleep(0.02)
        return self.fail(f"{what} did not come within {ARRIVAL_SECONDS} s")

    def wait_for_documents(self, trace, count=1):
        """The documents of a trace, once there are `count`."""
        def enough():
            found = self.console.documents(trace)
            return found if len(found) >= count else None
        return self.wait_for(enough, f"{count} documents of {trace}")


def main():
    """`SOMETHING_test.py BIN_FOLDER [unittest's own arguments]`"""
    global BIN
    kept = environment()
    os.environ.clear()
    os.environ.update(kept)
    BIN = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
