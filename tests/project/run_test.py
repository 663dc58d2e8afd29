# SPDX-License-Identifier: Apache-2.0
"""`make run` with stand-ins for the programs: what it prints, how it fails, how it stops."""
import signal
import socket
import unittest

import planting
from house import House

# Says that it is ready, then waits for SIGTERM.
SERVER = "trap 'exit 0' TERM\necho '{name} ready'\nwhile :; do sleep 0.05; done\n"


class Run(planting.Planting):
    def setUp(self):
        super().setUp()
        self.house = House(self.root)
        self.addCleanup(self.house.close)
        for name in ("aloft-console", "fraud", "ledger", "payments", "load"):
            self.house.program(self.house.bin / name, SERVER.format(name=name))

    def test_prints_the_address_and_one_ready_curl(self):
        self.house.start()
        said = self.house.read_until("Ctrl-C")
        self.assertIn(f"console: http://127.0.0.1:{self.house.console}\n", said)
        self.assertIn(f"curl -i http://127.0.0.1:{self.house.payments}/v1/charges", said)
        self.assertNotIn("ssh", said)

    def test_says_in_one_line_what_trouble_is_planted(self):
        self.house.start()
        said = self.house.read_until("Ctrl-C")
        planted = [line for line in said.splitlines() if line.startswith("Planted in fraud: ")]
        self.assertEqual(len(planted), 1, said)
        self.assertIn("globex", planted[0])
        self.assertIn("initech", planted[0])

    def test_joins_payments_with_the_services_behind_it(self):
        self.house.program(self.house.bin / "payments", "echo \"told: $*\"\nexit 2\n")
        self.house.start()
        said = self.house.process.stdout.read()
        self.assertIn(f"--ledger http://127.0.0.1:{self.house.ledger}", said)
        self.assertIn(f"--fraud http://127.0.0.1:{self.house.fraud}", said)

    def test_stops_what_runs_already_when_a_later_service_does_not_start(self):
        self.house.program(self.house.bin / "ledger", "echo 'no database'\nexit 2\n")
        self.house.start()
        said = self.house.process.stdout.read()
        self.assertEqual(self.house.process.wait(5), 1)
        self.assertIn("no database", said)
        self.assertIn("ledger did not start", said)
        self.assertEqual(self.house.left_over(), [])

    def test_begins_with_an_empty_ledger(self):
        old = self.house.folder / "build/run/ledger.db"
        old.parent.mkdir(parents=True)
        old.touch()
        self.house.start()
        self.house.read_until("Ctrl-C")
        self.assertFalse(old.exists())

    def test_prints_a_tunnel_when_the_session_is_remote(self):
        self.house.start(SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 2222")
        said = self.house.read_until("Ctrl-C")
        port = self.house.console
        self.assertIn(f"ssh -p 2222 -N -L {port}:127.0.0.1:{port}", said)
        self.assertIn("@192.0.2.2", said)

    def test_stops_everything_on_sigterm_and_on_ctrl_c(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.house.start()
                self.house.read_until("Ctrl-C")
                code, seconds = self.house.end(number)
                self.assertEqual(code, 0)
                self.assertLess(seconds, 5)
                self.assertEqual(self.house.left_over(), [])
                self.house.close()

    def test_names_a_taken_port_and_its_remedy(self):
        cases = [("CONSOLE_PORT", self.house.console, socket.SOCK_STREAM),
                 ("XRAY_PORT", self.house.xray, socket.SOCK_DGRAM),
                 ("XRAY_PORT", self.house.xray, socket.SOCK_STREAM),
                 ("PAYMENTS_PORT", self.house.payments, socket.SOCK_STREAM),
                 ("LEDGER_PORT", self.house.ledger, socket.SOCK_STREAM),
                 ("FRAUD_PORT", self.house.fraud, socket.SOCK_STREAM)]
        for variable, port, kind in cases:
            with self.subTest(variable), socket.socket(type=kind) as holder:
                holder.bind(("127.0.0.1", port))
                if kind == socket.SOCK_STREAM:
                    holder.listen()
                self.house.start()
                said = self.house.process.stdout.read()
                self.assertEqual(self.house.process.wait(5), 1)
                self.assertIn(f"port {port} is taken", said)
                self.assertIn(f"make run {variable}={port + 1}", said)
                self.house.close()

    def test_refuses_a_port_that_is_no_number(self):
        self.house.start(CONSOLE_PORT="http")
        self.assertIn("CONSOLE_PORT=http is not a port", self.house.process.stdout.read())

    def test_shows_the_words_of_a_program_that_does_not_start(self):
        self.house.program(self.house.bin / "aloft-console", "echo 'cannot listen'\nexit 2\n")
        self.house.start()
        said = self.house.process.stdout.read()
        self.assertEqual(self.house.process.wait(5), 1)
        self.assertIn("cannot listen", said)
        self.assertIn("console did not start", said)

    def test_names_a_program_that_ends_by_itself_and_stops_the_others(self):
        self.house.program(self.house.bin / "load", "echo 'no target'\nexit 3\n")
        self.house.start()
        said = self.house.process.stdout.read()
        self.assertEqual(self.house.process.wait(5), 1)
        self.assertIn("load ended by itself", said)
        self.assertIn("no target", said)
        self.assertEqual(self.house.left_over(), [])


if __name__ == "__main__":
    unittest.main()
