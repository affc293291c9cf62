"""`manage.py send_outbox`"""

import time
from collections import Counter

from accounts import delivery, outbox
from accounts.rounds import RoundsCommand
from consultation import digests, last_look, notifications, reminders

QUARTER = 900  # seconds, counted from the full hour


class Command(RoundsCommand):
    """Tell people what happened and send the mail that waits, once or until the process is ended."""

    help = (
        "Tells people what happened since, by mail at once or in digests, and sends the mail that waits. "
        "May be run at any time, twice at once, and be killed half-way: "
        "run it every minute, or let it run with --loop."
    )

    looked_at = None

    def go_round(self):
        """Announce, write and send; what happens by the day need not be looked for every minute."""
        done = Counter(announced=notifications.announce())
        quarter = time.time() // QUARTER
        if self.looked_at != quarter:
            reminders.remind()
            digests.write_digests()
            reminders.write_waiting()
            outbox.forget_old()
            self.looked_at = quarter
        notifications.write_mails()
        done += delivery.send_due(still_wanted=last_look.still_wanted, is_ending=self.is_ending)
        if done:
            self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in sorted(done.items())))
