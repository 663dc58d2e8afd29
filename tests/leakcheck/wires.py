# SPDX-License-Identifier: Apache-2.0
"""Recorders: what goes through them is forwarded, and kept in a file of its own."""
import contextlib
import socket
import threading

WAIT_SECONDS = 0.2


class Recorders:
    """Records into `folder`, in files wire-NAME, until the end of a `with`."""

    def __init__(self, folder):
        self.folder, self.closing = folder, threading.Event()
        self.threads, self.lock = [], threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing.set()
        for thread in self.threads:
            thread.join()

    def tcp(self, name, target):
        """The port of a recorder before the port `target`."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(WAIT_SECONDS)
        self._spawn(self._accept, listener, f"wire-{name}", target)
        return listener.getsockname()[1]

    def udp(self, name, target):
        """The same for datagrams, which nobody answers."""
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT_SECONDS)
        self._spawn(self._datagrams, receiver, f"wire-{name}", target)
        return receiver.getsockname()[1]

    def _spawn(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments)
        self.threads.append(thread)
        thread.start()

    def _keep(self, name, data):
        with self.lock, open(self.folder / name, "ab") as file:
            file.write(data)

    def _datagrams(self, receiver, name, target):
        with receiver:
            while not self.closing.is_set():
                with contextlib.suppress(TimeoutError):
                    data = receiver.recv(1 << 16)
                    self._keep(name, data + b"\n")
                    receiver.sendto(data, ("127.0.0.1", target))

    def _accept(self, listener, name, target):
        connections = 0
        with listener:
            while not self.closing.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _ = listener.accept()
                    connections += 1
                    server = socket.create_connection(("127.0.0.1", target))
                    for source, sink, way in ((client, server, "to"), (server, client, "from")):
                        self._spawn(self._copy, source, sink, f"{name}-{connections}-{way}")

    def _copy(self, source, sink, name):
        """Bytes of one connection stay together, so that nothing of another stands between them."""
        source.settimeout(WAIT_SECONDS)
        with contextlib.suppress(OSError):
            while not self.closing.is_set():
                try:
                    data = source.recv(1 << 16)
                except TimeoutError:
                    continue
                if not data:
                    break
                self._keep(name, data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
