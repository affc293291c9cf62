"""`manage.py read_attachments`"""

from accounts.rounds import RoundsCommand
from consultation import extraction


class Command(RoundsCommand):
    """Read the text of files that were sent, once or until the process is ended."""

    help = (
        "Reads the text of files, so that it can be found. May be run at any time and be killed half-way: "
        "run it every minute, or let it run with --loop."
    )

    def go_round(self):
        """Read the files that wait."""
        done = extraction.read_waiting()
        if done:
            self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in done.items()))
