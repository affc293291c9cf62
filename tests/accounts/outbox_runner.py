"""Runs `send_outbox` in processes of its own and kills them; a script, started by test_outbox.

Arguments: how many processes one after the other, after how many seconds of computing at most each is killed (0:
never), and how many run at once. Django is loaded once and each process is a fork, so that twenty of them take a
moment. The system kills them, at any instruction as SIGKILL would; a clock of computing runs no faster for them while
others keep the machine busy.
"""

import os
import random
import signal
import sys

import django
from django.core.management import call_command
from django.db import connections


def main(turns, most_seconds, at_once):
    django.setup()
    rng = random.Random(4)
    for _ in range(turns):
        children = [_start(rng.uniform(0.01, most_seconds) if most_seconds else 0) for _ in range(at_once)]
        for child in children:
            os.waitpid(child, 0)


def _start(seconds):
    connections.close_all()
    child = os.fork()
    if child:
        return child
    signal.setitimer(signal.ITIMER_PROF, seconds)
    call_command("send_outbox")
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
