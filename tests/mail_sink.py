"""A mail server that keeps what it gets, on a port of its own; it knows as much SMTP as Django speaks."""

import email
import email.policy
import socketserver
import threading
import time


class MailSink(socketserver.ThreadingTCPServer):
    """Takes mail in threads; use it as a context manager."""

    allow_reuse_address = True
    request_queue_size = 100  # the machine may be busy: nobody is turned away at the door
    daemon_threads = True
    block_on_close = False

    def __init__(self, *, delay=0.0):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received, self.delay, self.connections = [], delay, 0
        self.refused = {}  # what it says to an address instead of taking it, of a sender or a recipient
        self.hangs_up_after = None  # so many mails
        self.greets = True

    @property
    def port(self):
        """The port it listens on."""
        return self.server_address[1]

    def messages(self):
        """Return what was taken, parsed."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in list(self.received)]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """Say nothing of clients that were killed."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        taken = 0
        if not self.server.greets:
            time.sleep(0.5)
            return None
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"MAIL" and taken == self.server.hangs_up_after:
                return None
            if verb == b"EHLO":
                self._say("250-sink")
                self._say("250 AUTH PLAIN")
            elif verb == b"AUTH":
                self._say("535 wrong password of somebody@example.org")
            elif verb == b"DATA":
                taken += 1
                self._say("354 go on")
                self._take()
            elif verb == b"QUIT":
                return self._say("221 bye")
            elif refusal := next((said for one, said in self.server.refused.items() if one.encode() in line), None):
                self._say(refusal)
            else:
                self._say("250 fine")

    def _take(self):
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if not line:
            return
        self.server.received.append(b"".join(lines))
        time.sleep(self.server.delay)
        self._say("250 taken")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())
