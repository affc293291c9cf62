"""Commands that take up what waits, once or round after round until they are ended."""

import logging
import os
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

logger = logging.getLogger(__name__)
SECONDS = 30


class RoundsCommand(BaseCommand):
    """A command whose `go_round` may be run at any time and be killed half-way."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ending = threading.Event()

    def add_arguments(self, parser):
        """Take how often."""
        parser.add_argument("--loop", action="store_true", help="go on until the process is ended")
        parser.add_argument("--with-parent", action="store_true", help="end a loop when the process that began it ends")
        parser.add_argument("--seconds", type=float, default=SECONDS, help=f"between two rounds ({SECONDS})")

    def handle(self, *, loop, with_parent, seconds, **options):
        """Go one round, or many; in a loop the next round takes up what one left that failed."""
        parent = os.getppid()
        if loop:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.ending.set())
        while True:
            try:
                self.go_round()
            except Error as error:
                if not loop:
                    raise
                # The database may be away for a while. What it says in words may hold addresses and texts.
                logger.error("a round failed: trouble with the database", extra={"reason": type(error).__name__})
            except Exception:
                if not loop:
                    raise
                logger.exception("a round failed")
            if not loop or self.ending.wait(seconds) or (with_parent and os.getppid() != parent):
                return
            close_old_connections()

    def is_ending(self):
        """Return whether the process was told to end; a long round asks between its steps."""
        return self.ending.is_set()

    def go_round(self):
        """Take up what waits."""
        raise NotImplementedError
