# SPDX-License-Identifier: Apache-2.0
"""Runs scripts/run in a tree of its own, for the tests of `make run`."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_SECONDS, STOP_SECONDS = 60, 10


def free_ports(count):
    """Ports that nothing holds now, for UDP and TCP alike."""
    held = []
    for _ in range(count):
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        held.append(one)
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class House:
    """A copied scripts/ folder, programs in build/release/bin, and a cmake that builds nothing."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        shutil.copytree(ROOT / "scripts", self.folder / "scripts")
        self.bin = self.folder / "build/release/bin"
        self.bin.parent.mkdir(parents=True)
        (self.bin.parent / "build.ninja").touch()
        self.tools = self.folder / "tools"
        self.program(self.tools / "cmake", "exit 0\n")
        self.console, self.xray, self.payments, self.ledger, self.fraud = free_ports(5)
        self.process = None

    def program(self, path, body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/usr/bin/env bash\n" + body)
        path.chmod(0o755)

    def start(self, **environment):
        """Starts it as a shell would start a foreground command: in a process group of its own."""
        variables = {key: value for key, value in os.environ.items() if key != "SSH_CONNECTION"}
        variables |= {"CONSOLE_PORT": str(self.console), "XRAY_PORT": str(self.xray),
                      "PAYMENTS_PORT": str(self.payments), "LEDGER_PORT": str(self.ledger),
                      "FRAUD_PORT": str(self.fraud),
                      "PATH": f"{self.tools}:{os.environ['PATH']}", **environment}
        self.process = subprocess.Popen(
            [str(self.folder / "scripts/run")], env=variables, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.watchdog = threading.Timer(RUN_SECONDS, self.kill)
        self.watchdog.start()

    def kill(self):
        """Ends the whole group at once: a test that waits in vain fails instead of hanging."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def read_until(self, word):
        """What it printed up to the line that holds `word`, or up to its end."""
        said = ""
        for line in self.process.stdout:
            said += line
            if word in line:
                break
        return said

    def end(self, number):
        """Sends a signal as a terminal or a supervisor would; gives exit code and seconds."""
        began = time.monotonic()
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        return code, time.monotonic() - began

    def left_over(self):
        """Processes of its group that outlived it."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == self.process.pid and fields[0] != "Z":
                found.append(entry.parent.name)
        return found

    def close(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        self.watchdog.cancel()
        self.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None
