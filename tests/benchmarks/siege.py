"""The site as it runs for real, under siege: `python -m tests.benchmarks.siege`, all or some of the attacks by name.

Starts a PostgreSQL of its own (binaries from PG_BIN) and gunicorn with two workers as behind a proxy, posts over
HTTP, and prints how many were taken, lost, doubled and refused, and how long the slowest took.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import django

PG_BIN = os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")
PG_PORT, PORT = 55432, 8107
WRITERS, EACH = 16, 25
HOLDING = 10  # seconds that a sender goes on trying


class Database:
    """A PostgreSQL of its own, which may be stopped and started."""

    def __init__(self, folder):
        self.data = f"{folder}/pg"
        self.url = f"postgres://postgres@127.0.0.1:{PG_PORT}/siege"
        # PostgreSQL does not run as root.
        self.as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_whom:
            os.chmod(folder, 0o755)
            os.mkdir(self.data)
            subprocess.run(["chown", "postgres", self.data], check=True)
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(PG_PORT), "-U", "postgres", "siege")

    def _run(self, program, *args):
        command = [*self.as_whom, f"{PG_BIN}/{program}", *args]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/")

    def start(self):
        """Start it and wait until it answers."""
        options = f"-p {PG_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", f"{self.data}/log", "start")

    def stop(self):
        """Stop it at once, as a restart for an update does."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")


def serve(url, folder):
    """Start gunicorn as the README says, with two workers."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "HTTPS": "1",
        "BEHIND_TLS_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
        "ALLOWED_HOSTS": "hub.example.org",
        "POSTING_LIMITS_OFF": "1",
        "I_KNOW_POSTING_LIMITS_ARE_OFF": "1",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env=environment, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "hub.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{PORT}"]
    with Path(folder, "gunicorn.log").open("w") as log:
        server = subprocess.Popen([*gunicorn, "--no-control-socket"], env=environment, stdout=log, stderr=log)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if Person().get("/healthz")[0] == 200:
                return server
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(Path(folder, "gunicorn.log").read_text()[-2000:])


class Person:
    """Somebody with a browser: sends cookies back, behind a proxy that ends TLS."""

    def __init__(self, user=None):
        self.cookies = {}
        if user:
            from django.test import Client

            client = Client()
            client.force_login(user)
            self.cookies["__Host-session"] = client.session.session_key

    def ask(self, method, address, body=None):
        """Send one request; return (status, place it leads to, page)."""
        headers = {"Host": "hub.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": "https://hub.example.org/"}
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        try:
            connection.request(method, address, body and urlencode(body, doseq=True), headers)
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), page

    def get(self, address):
        """Open a page."""
        return self.ask("GET", address)

    def form(self, address, text):
        """Open a form and fill it in; return what would be sent."""
        status, _place, page = self.get(address)
        assert status == 200, (status, address)
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        return hidden | {"body": text, "language": "en", "action": "post"}

    def send(self, address, form):
        """Send a form; return (what became of it, seconds): the new comment's number, or the refusal."""
        began = time.monotonic()
        try:
            status, place, page = self.ask("POST", address, form)
        except (OSError, http.client.HTTPException) as error:
            return f"broken: {type(error).__name__}", time.monotonic() - began
        took = time.monotonic() - began
        found = re.search(r"/comments/(\d+)/", place)
        if status == 302 and found:
            return int(found[1]), took
        is_ours = "<h1" in page and "Traceback" not in page and "OperationalError" not in page
        return f"{status}{'' if is_ours else ' (not our page)'}", took

    def hold_on(self, address, form):
        """Send the same form until it is taken; return (comment or last refusal, seconds, refusals)."""
        began, refusals = time.monotonic(), Counter()
        while True:
            answer, _took = self.send(address, form)
            if isinstance(answer, int) or time.monotonic() - began > HOLDING:
                return answer, time.monotonic() - began, refusals
            refusals[answer] += 1
            time.sleep(0.25)


class Siege:
    """One filled site, and the attacks on it; each prints a line of figures."""

    def __init__(self, database, server):
        from tests import factories

        self.database, self.server = database, server
        self.roundtable = factories.roundtable()
        self.question = self.roundtable.questions.get(number=1)
        self.people = [Person(factories.user()) for _ in range(WRITERS)]
        target = factories.comment(self.roundtable, question=self.question)
        self.reply = f"/en/comments/{target.pk}/reply/"
        self.thread = f"/en/roundtables/{self.roundtable.slug}/questions/1/answer/"

    def one_comment(self):
        """16 writers send 25 replies each to one comment."""
        self._everybody_writes("replies to one comment", self.reply)

    def new_threads(self):
        """16 writers begin 25 threads each."""
        self._everybody_writes("new threads", self.thread)

    def _everybody_writes(self, name, address):
        def write(writer):
            return [writer.send(address, writer.form(address, f"{name} {n}")) for n in range(EACH)]

        began = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            answers = [answer for some in pool.map(write, self.people) for answer in some]
        pace = len(answers) / (time.monotonic() - began)
        print(f"{name}: {tally(name, answers)}; {pace:.0f} a second, forms included", flush=True)

    def sent_twice(self):
        """160 forms, each sent twice at once."""
        forms = [(writer, writer.form(self.reply, "sent twice")) for writer in self.people for _ in range(10)]
        with ThreadPoolExecutor(WRITERS) as pool:
            both = [
                (pool.submit(writer.send, self.reply, form), pool.submit(writer.send, self.reply, form))
                for writer, form in forms
            ]
            answers = [(first.result(), second.result()) for first, second in both]
        different = sum(first[0] != second[0] for first, second in answers)
        first = tally("sent twice", [first for first, _second in answers])
        print(f"sent twice: {first}; second answers that differ {different}", flush=True)

    def worker_killed(self):
        """kill -9 of a worker among 160 posts."""

        def kill():
            worker = subprocess.run(
                ["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True, check=True
            ).stdout.split()[0]
            os.kill(int(worker), signal.SIGKILL)

        self._disturbed("a worker killed", kill)

    def database_restarted(self):
        """A restart of the database among 160 posts."""

        def restart():
            self.database.stop()
            time.sleep(1)
            self.database.start()

        self._disturbed("the database restarted", restart)

    def _disturbed(self, name, disturb):
        """Post 160 times, disturb in the middle; whoever is refused sends the same form again."""
        forms = [(writer, writer.form(self.reply, name)) for writer in self.people for _ in range(10)]
        over = []

        def trouble():
            time.sleep(0.3)
            disturb()
            over.append(time.monotonic())

        threading.Thread(target=trouble).start()
        with ThreadPoolExecutor(WRITERS) as pool:
            held = list(pool.map(lambda job: job[0].hold_on(self.reply, job[1]), forms))
        refusals = sum((each[2] for each in held), Counter())
        after = max(0, time.monotonic() - over[0])
        print(
            f"{name}: {tally(name, [each[:2] for each in held])}; at first {dict(refusals)}, done {after:.1f} s after"
        )


def tally(text, answers):
    """Say how many were taken, lost, doubled and refused, whether the tree is sound, and what the slowest took."""
    from django.db import connection

    from consultation.models import Comment

    connection.close()  # the database may have been away
    taken = [answer for answer, _took in answers if isinstance(answer, int)]
    refused = Counter(answer for answer, _took in answers if not isinstance(answer, int))
    kept = set(Comment.objects.filter(body__startswith=text).values_list("pk", flat=True))
    wrong = sum(len(found) for found in Comment.objects.find_problems())
    return (
        f"{len(taken)} of {len(answers)} taken, lost {len(set(taken) - kept)}, doubled {len(kept) - len(set(taken))}, "
        f"refused {dict(refused)}, find_problems() {wrong}, slowest {max(took for _answer, took in answers):.2f} s"
    )


ATTACKS = ("one_comment", "new_threads", "sent_twice", "worker_killed", "database_restarted")


def main():
    """Make the place, run the attacks, tidy up."""
    with tempfile.TemporaryDirectory(prefix="forum-siege-") as folder:
        database = Database(folder)
        os.environ["TEST_DATABASE_URL"] = database.url
        from tests import environment  # noqa: F401  (sets the environment before Django is set up)

        django.setup()
        from django.core.management import call_command

        server = None
        try:
            call_command("migrate", verbosity=0)
            server = serve(database.url, folder)
            siege = Siege(database, server)
            for name in sys.argv[1:] or ATTACKS:
                getattr(siege, name)()
        finally:
            if server:
                server.terminate()
                server.wait(20)
            database.stop()


if __name__ == "__main__":
    main()
