"""Files in a bucket: a small server that speaks as much of S3 as they need, and that may fall silent."""

import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from consultation.models import Attachment, Comment
from hub import bucket
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

OLD = "Mon, 01 Jan 2024 00:00:00 GMT"


class Store(BaseHTTPRequestHandler):
    """Keeps what is put into it, in the memory of its server; silent, it listens and never answers."""

    def log_message(self, *args):
        """Say nothing."""

    def _answer(self, status, content=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", OLD)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _serve(self):
        kept, key = self.server.kept, self.path.split("?")[0].removeprefix("/forum/")
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.command)
        self.server.is_asked.set()
        if self.server.is_silent.is_set():
            self.server.is_over.wait(30)
        elif self.command == "PUT":
            kept[key] = sent
            self._answer(200)
        elif self.command == "DELETE":
            kept.pop(key, None)
            self._answer(204)
        elif key in ("", "/forum"):
            rows = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in kept)
            self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode())
        elif key in kept:
            self._answer(200, kept[key])
        else:
            self._answer(404)

    do_GET = do_HEAD = do_PUT = do_DELETE = _serve


@pytest.fixture
def store(settings, monkeypatch):
    """Run a store on a port of its own and keep files there."""
    monkeypatch.setattr(bucket, "TRIES", 1)

    def patient(seconds):
        monkeypatch.setattr(bucket, "ANSWERING", seconds)
        address = f"http://127.0.0.1:{server.server_address[1]}"
        found = bucket.bucket("forum", endpoint=address, region="eu-west-1", access_key="a", secret_key="b")
        settings.STORAGES = settings.STORAGES | {"default": found}

    def fall_silent():
        server.is_silent.set()
        server.is_asked.clear()
        patient(seconds=0.5)

    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        server.kept, server.asked, server.is_asked = {}, [], threading.Event()
        server.is_silent, server.is_over = threading.Event(), threading.Event()
        server.fall_silent = fall_silent
        patient(seconds=60)  # the machine may be busy with other tests
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.is_over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


def send(client, roundtable, *uploads):
    """Send a contribution with files."""
    typed = {"body": "We ask for safe paths.", "language": "en", "key": str(uuid.uuid4()), "attachments": uploads}
    return client.post(reverse("comment_contribute", args=[roundtable.slug]), typed)


def test_a_file_goes_into_the_bucket_and_comes_back_to_those_who_may_have_it(client, me, store):
    paper = files.pdf()

    response = send(client, factories.roundtable(), files.upload("Paper.pdf", paper))

    attachment = Attachment.objects.get()
    assert response.status_code == 302
    assert store.asked == ["PUT"]
    assert b"".join(client.get(attachment.get_absolute_url()).streaming_content) == paper
    assert Client().get(attachment.get_absolute_url()).status_code == 404
    store.kept.clear()
    assert client.get(attachment.get_absolute_url()).status_code == 404


def test_a_withdrawn_contribution_leaves_no_file_in_the_bucket(client, me, store, django_capture_on_commit_callbacks):
    send(client, factories.roundtable(), files.upload("a.txt", b"one"), files.upload("b.txt", b"two"))
    assert len(store.kept) == 2

    with django_capture_on_commit_callbacks(execute=True):
        Comment.objects.get().withdraw(by=me)

    assert store.kept == {}


def test_clean_files_deletes_from_the_bucket_what_no_row_knows(client, me, store):
    send(client, factories.roundtable(), files.upload("a.txt", b"one"))
    known = list(store.kept)
    store.kept["attachments/nobody-knows-it"] = b"x"

    call_command("clean_files", stdout=StringIO())

    assert list(store.kept) == known


def test_a_store_that_does_not_answer_is_asked_once_and_no_text_is_lost(client, me, store):
    store.fall_silent()

    response = send(client, factories.roundtable(), *(files.upload(f"{n}.txt", b"%d" % n) for n in range(3)))

    assert response.status_code == 422
    assert [complaint.words.split(" at the moment")[0] for complaint in page(response).all("p", "field-error")] == [
        f"“{n}.txt” cannot be stored" for n in range(3)
    ]
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."
    assert store.is_asked.wait(60)
    assert store.asked == ["PUT"]
    assert (Attachment.objects.count(), Comment.objects.count()) == (0, 0)


def test_of_a_store_that_does_not_answer_a_file_cannot_be_fetched_now(client, me, store):
    send(client, factories.roundtable(), files.upload("a.txt", b"one"))
    store.fall_silent()

    response = client.get(Attachment.objects.get().get_absolute_url())

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert page(response).one("h1").words == "This file cannot be fetched at the moment"


def test_files_of_a_store_that_does_not_answer_are_left_to_the_next_cleaning(
    client, me, store, django_capture_on_commit_callbacks
):
    send(client, factories.roundtable(), files.upload("a.txt", b"one"), files.upload("b.txt", b"two"))
    store.asked.clear()
    store.fall_silent()

    with django_capture_on_commit_callbacks(execute=True):
        Comment.objects.get().withdraw(by=me)

    assert store.is_asked.wait(60)
    assert (store.asked, Attachment.objects.count()) == (["DELETE"], 0)


def test_whoever_waits_for_a_store_waits_less_than_a_worker_may_take():
    assert bucket.TRIES * (bucket.CONNECTING + bucket.ANSWERING) < 15
