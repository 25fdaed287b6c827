"""A mail server on the loopback address that keeps the mails sent to it: enough of SMTP (RFC 5321) for Airflow's hook."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Sink:
    """Where the server listens, and every letter that it took: to whom it was addressed, and the letter."""

    port: int = 0
    refuses: bool = False
    letters: list[tuple[list[str], EmailMessage]] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[Sink]:
    """A server in a thread, while the context lasts; `refuses` makes it turn recipients away."""
    sink = Sink()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self._say("220 sink")
            for line in self.rfile:
                verb = line[:4].upper().strip()
                if verb == b"RCPT" and sink.refuses:
                    self._say("550 no such mailbox")
                elif verb == b"RCPT":
                    recipients.append(line.decode().split("<")[1].split(">")[0])
                    self._say("250 ok")
                elif verb == b"DATA":
                    self._say("354 go on")
                    sink.letters.append((recipients, self._letter()))
                    self._say("250 taken")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _letter(self) -> EmailMessage:
            lines = iter(self.rfile.readline, b".\r\n")
            letter = message_from_bytes(b"".join(line.removeprefix(b".") for line in lines), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            return letter

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
