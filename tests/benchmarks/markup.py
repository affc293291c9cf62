"""Hold every kind of page to the Nu HTML checker: `python -m tests.benchmarks.markup vnu.jar` (npm's `vnu-jar`, Java).

Fetches pages of a filled site in three languages for every kind of person, refused forms too, and prints the errors.
"""

import json
import re
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import django

from tests import environment  # noqa: F401  (sets the environment before Django is set up)

LANGUAGES = ("en", "fr", "es")
ROLES = ("visitor", "participant", "moderator", "secretariat")
# What is no page, or what ends the visit.
PASSED_OVER = ("account_logout", "roundtable_csv", "roundtable_json", "moderation_csv", "admin:jsi18n")


def main():
    """Fill a site, fetch its pages, have them checked."""
    django.setup()
    from django.conf import settings
    from django.db import connection, connections
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.DOWNLOADS_PER_HOUR = 0
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory(prefix="forum-markup-") as folder:
            pages = fetch(Path(folder))
            errors = check(sys.argv[1], Path(folder), pages)
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)
    print(f"{len(pages)} pages, {len(errors)} errors")
    for error in errors:
        print(error)


def fetch(folder):
    """Write every kind of page into a folder; return whose, and at which address, by the name of its file."""
    from django.test import Client
    from django.utils.translation import override

    from tests.journeys import scene
    from tests.journeys.test_every_page import pages_of

    filled, pages = scene.filled_site(depth=8), {}
    for role in ROLES:
        client = Client(raise_request_exception=False)
        if role != "visitor":
            client.force_login(getattr(filled, role))
        for language in LANGUAGES:
            waiting = [f"/{language}{path}" for path in pages_of(role, filled)]
            waiting += ["/admin/"] if role == "secretariat" else []
            with override(language):
                for address, html in visit(client, waiting):
                    name = f"{len(pages)}.html"
                    pages[name] = f"{role} {address}"
                    (folder / name).write_bytes(html)
    return pages


def visit(client, waiting):
    """Yield (address, page) of each address, of its forms sent empty, and of one page of each further kind."""
    seen = {kind_of(address) for address in waiting}
    while waiting:
        address = waiting.pop(0)
        answers = [(address, client.get(address, follow=True))]
        text = answers[0][1].content.decode() if is_page(answers[0][1]) else ""
        if 'method="post"' in text and kind_of(address) and "/admin/" not in address:
            answers.append((f"POST {address}", client.post(address)))
        yield from ((name, answer.content) for name, answer in answers if is_page(answer))
        for link in re.findall(r'<a [^>]*?href="(/[^"#]*)', text):
            kind = kind_of(unescape(link))
            if kind and kind not in seen:
                seen.add(kind)
                waiting.append(unescape(link))


def is_page(response):
    """Whether an answer is a page of its own."""
    is_html = response.get("Content-Type", "").startswith("text/html")
    return is_html and not response.streaming and response.status_code not in (302, 405)


def kind_of(address):
    """Return the name of the view behind an address; None for what is passed over."""
    from django.urls import Resolver404, resolve

    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
    return None if name in PASSED_OVER else name


def check(jar, folder, pages):
    """Return what the checker finds wrong, readably."""
    command = ["java", "-Xss8m", "-jar", jar, "--format", "json", "--errors-only", str(folder)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stderr)["messages"]
    return [f"{pages[Path(one['url']).name]}: {one['message']}" for one in found]


if __name__ == "__main__":
    main()
