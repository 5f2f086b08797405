"""A policy server for Postfix, as greylisting uses it (SMTP Access Policy Delegation)."""

import socketserver
import threading


class Policy:
    """Refuses each (sender, recipient) the first time, where its recipient is told to.

    `answers` maps recipients to what they are answered the first time; everything else passes.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.seen: list[tuple[str, str]] = []
        policy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                asked: dict[str, str] = {}
                for raw in self.rfile:
                    line = raw.decode().strip()
                    if line:
                        name, _equals, value = line.partition("=")
                        asked[name] = value
                        continue
                    answer = policy.decide(asked["sender"], asked["recipient"])
                    self.wfile.write(f"action={answer}\n\n".encode())
                    asked = {}

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        return int(self._server.server_address[1])

    def decide(self, sender: str, recipient: str) -> str:
        """Answer for one recipient."""
        is_new = (sender, recipient) not in self.seen
        self.seen.append((sender, recipient))
        return self.answers[recipient] if is_new and recipient in self.answers else "DUNNO"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
