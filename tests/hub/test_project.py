"""Rules about the project itself: which way imports run, what templates may hold, that nothing was left out."""

import ast
import re
from functools import cache
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.template.base import FilterExpression, Node, Token, TokenType, Variable

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("accounts", "consultation", "hub")
# Inside consultation a module may import those of its own layer and of the layers above it in this list.
LAYERS = (
    {"differences", "documents", "file_reader", "filetypes", "likeness", "numerals", "recognition", "search", "text"}
    | {"tongues"},
    {"models"},
    {
        "extraction",
        "permissions",
        "mentions",
        "people",
        "privacy",
        "receipts",
        "reference",
        "rows",
        "threads",
        "translation",
        "uploads",
    },
    {"forms"},
    {
        "digests",
        "exports",
        "feeds",
        "importers",
        "last_look",
        "letters",
        "notifications",
        "papers",
        "reminders",
        "way_out",
    },
    {"views", "admin", "management", "templatetags"},
    {"urls"},
)
# Read by Django, not by us: what they import follows the packages, but they have no place among the layers.
UNLAYERED = {"__init__", "apps", "migrations"}
MOST_LINES = 400

# Modules that say of HTML that it is safe: each was looked at. Templates never say so.
MAKE_SAFE = {
    "accounts/forms/person.py",
    "consultation/forms/comment.py",
    "consultation/forms/reading.py",
    "consultation/models/comment.py",
    "consultation/reference.py",
    "consultation/rows.py",
    "consultation/search.py",
    "consultation/templatetags/discussion.py",
}
# Names of XML namespaces, and what is reserved for examples.
NAMED_HOSTS = {"www.w3.org", "example.org"}


def sources(*patterns, folders=PACKAGES):
    """Return our files of these patterns, without what other tools generate."""
    found = (path for folder in folders for pattern in patterns for path in (ROOT / folder).rglob(pattern))
    return sorted(path for path in found if not {"migrations", "vendor", "__pycache__"} & set(path.parts))


def templates(*patterns):
    """Return our templates."""
    return sources(*patterns, folders=("templates", *PACKAGES))


def short(path):
    """Return a path as people write it."""
    return path.relative_to(ROOT).as_posix()


def module_of(path):
    """Return the dotted name of a Python file of ours."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def all_modules():
    """Return the names of our modules and packages."""
    return {module_of(path) for path in sources("*.py")} | set(PACKAGES)


def imports_of(path):
    """Return the modules of ours that a file imports, wherever in the file it does."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*start, *filter(None, [node.module])))
            names = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in all_modules() else base for name in names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in PACKAGES)


def layer_of(module):
    """Return the place of a consultation module among the layers; None for what has none."""
    noun = [*module.split("."), "__init__"][1]
    return next((place for place, layer in enumerate(LAYERS) if noun in layer), None)


# --- Imports --------------------------------------------------------------------------------


def test_every_module_of_consultation_has_a_layer():
    nouns = {module.split(".")[1] for module in all_modules() if module.startswith("consultation.")}

    assert nouns - UNLAYERED - set().union(*LAYERS) == set()


def test_imports_run_from_the_hub_to_the_consultation_to_the_people():
    wrong = [
        f"{short(path)} imports {name}"
        for path in sources("*.py")
        for name in imports_of(path)
        if PACKAGES.index(name.split(".")[0]) > PACKAGES.index(module_of(path).split(".")[0])
    ]

    assert wrong == []


def test_imports_inside_consultation_run_one_way():
    wrong = []
    for path in sources("*.py", folders=("consultation",)):
        own = layer_of(module_of(path))
        for name in imports_of(path):
            if own is None or not name.startswith("consultation."):
                continue
            other = layer_of(name)
            if other is not None and other > own:
                wrong.append(f"{short(path)} imports {name}")

    assert wrong == []


@pytest.mark.parametrize("noun", sorted(LAYERS[0]))
def test_what_a_comment_needs_to_be_saved_knows_no_models(noun):
    path = ROOT / "consultation" / f"{noun}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert {name for name in imported if name.startswith("django.contrib")} == set()
    assert {name for name in imports_of(path) if layer_of(name) != 0} == set()


@pytest.mark.parametrize("line", ["from . import views", "from .views import comment", "import consultation.views"])
def test_a_forbidden_import_is_found_however_it_is_written(line, tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    monkeypatch.setattr(f"{__name__}.all_modules", lambda: {"consultation.views", "consultation.views.comment"})
    (tmp_path / "consultation").mkdir()
    path = tmp_path / "consultation" / "text.py"
    path.write_text(f"def late():\n    {line}\n")

    [layer] = {layer_of(name) for name in imports_of(path)}
    assert "views" in LAYERS[layer]


def test_no_file_is_too_long_to_know_ones_way_about_in():
    long = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources("*.py")}

    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


# --- Templates and static files -------------------------------------------------------------

TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(r"\s*(?:\{#\s*\S.*?#\}|\{% comment.*?%\}\s*\S.*?\{% endcomment %\})", re.DOTALL)
UNSAFE = re.compile(r"\{\{[^}]*\|\s*safe(?:seq)?\b[^}]*\}\}|\{%\s*autoescape\s+off\s*%\}|\{%\s*filter\s+safe\b.*?%\}")
# What every page has, from Django and its own tags.
EVERYWHERE = {"False", "LANGUAGE_CODE", "None", "True", "csrf_token", "forloop", "messages", "request", "user"}
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def inline_code(html):
    """Return which kinds of code a template holds that the content security policy would block."""
    # Template tags go first: `{% include "…" with online=… %}` is no event handler.
    markup = TEMPLATE_TAG.sub("x", html)
    return [kind for kind, pattern in INLINE.items() if pattern.search(markup)]


def named_in(thing):
    """Yield (whether it is made here, name) of every variable in a part of a parsed template."""
    if isinstance(thing, Variable):
        yield from ((False, name) for name in (thing.lookups or ())[:1])
    elif isinstance(thing, FilterExpression):
        yield from named_in((thing.var, thing.filters))
    elif isinstance(thing, Token):
        # A variable inside {% blocktranslate %}.
        if thing.token_type is TokenType.VAR:
            yield False, re.split(r"[.|]", thing.contents)[0]
    elif isinstance(thing, dict):
        yield from named_in(tuple(thing.values()))
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            yield from named_in(part)
    elif hasattr(thing, "__dict__"):
        parts = vars(thing)
        if isinstance(thing, Node):
            makes = (parts.get(key) for key in ("asvar", "countervar", "target_var", "variable"))
            made = (*parts.get("loopvars", ()), *parts.get("extra_context", ()), *makes)
            yield from ((True, name) for name in made if isinstance(name, str))
        yield from named_in([part for key, part in parts.items() if key not in ("origin", "template", "token")])


def unnamed_variables(path):
    """Return which variables a partial uses without naming them in the comment on its top; None without comment."""
    html = path.read_text(encoding="utf-8")
    comment = COMMENT.match(html)
    if not comment:
        return None
    names = list(named_in(engines["django"].from_string(html).template.nodelist))
    used = {name for is_made, name in names if not is_made} - {name for is_made, name in names if is_made}
    return sorted(name for name in used - EVERYWHERE if not re.search(rf"\b{name}\b", comment[0]))


def test_every_partial_begins_with_a_comment_that_names_its_variables():
    found = {short(path): unnamed_variables(path) for path in templates("_*.html")}

    assert {name: variables for name, variables in found.items() if variables != []} == {}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>{{ name }}</p>", None),
        ("{# A row. name #}<p>{{ name.first|default:other }}</p>", ["other"]),
        ("{# Rows. rows #}{% for row in rows %}{% if row.a or is_b %}{{ row.c }}{% endif %}{% endfor %}", ["is_b"]),
        (
            "{# n #}{% load i18n %}{% blocktranslate count n=n.all %}{{ n }}{% plural %}{{ m }}{% endblocktranslate %}",
            ["m"],
        ),
        ("{# Needs nothing. #}{% with a=1 %}{{ a }}{{ request.path }}{% endwith %}", []),
    ],
)
def test_an_unnamed_variable_is_found(html, expected, tmp_path):
    (tmp_path / "_row.html").write_text(html)

    assert unnamed_variables(tmp_path / "_row.html") == expected


def test_no_template_holds_inline_styles_or_scripts():
    found = {short(path): inline_code(path.read_text(encoding="utf-8")) for path in templates("*.html")}

    # A mail has no sheet beside it, and no policy.
    assert {name: kinds for name, kinds in found.items() if kinds} == {"templates/mail/base.html": ["a style element"]}


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ('<p style="color: red">', ["a style attribute"]),
        ("<style>p {}</style>", ["a style element"]),
        ("<script>go()</script>", ["a script without src"]),
        ('<button class="{% if a > b %}x{% endif %}" onclick="go()">', ["an event handler"]),
        ('<a href="javascript:go()">', ["a javascript: address"]),
        ('<script src="{% static "js/fold.js" %}" defer></script>', []),
        ('{% include "a.html" with online=1 style="x" %}<p data-style="x">', []),
    ],
)
def test_inline_code_is_found_and_nothing_else(html, kinds):
    assert inline_code(html) == kinds


def test_templates_leave_escaping_on():
    found = {short(path): UNSAFE.findall(path.read_text(encoding="utf-8")) for path in templates("*.html", "*.xml")}

    assert {name: places for name, places in found.items() if places} == {}


def test_html_is_called_safe_only_where_it_was_looked_at():
    calling = {
        short(path)
        for path in sources("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and {"mark_safe", "SafeString"} & {alias.name for alias in node.names}
    }

    assert calling == MAKE_SAFE


def test_nothing_is_loaded_from_another_host():
    hosts = re.compile(r"""(?:https?:|(?<=["'(]))//(?:[\w-]+\.)*?((?:[\w-]+\.)?[\w-]+\.[a-z]{2,})""", re.IGNORECASE)
    named = {
        (short(path), host)
        for path in (
            *templates("*.html", "*.txt", "*.xml"),
            *sources("*.css", "*.js", "*.svg", "*.json", "*.webmanifest", folders=("static",)),
        )
        for host in hosts.findall(path.read_text(encoding="utf-8"))
    }

    assert {(name, host) for name, host in named if host not in NAMED_HOSTS} == set()


# --- Translations ---------------------------------------------------------------------------

LANGUAGES = ("fr", "es")


def catalogue(code):
    """Return the path of a language's translations, which must exist: polib takes a path of no file for a text."""
    path = ROOT / "locale" / code / "LC_MESSAGES" / "django.po"
    assert path.exists(), f"there is no {short(path)}"
    return path


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_string_is_translated(code):
    catalogue_of = polib.pofile(str(catalogue(code)))
    entries = [entry for entry in catalogue_of if not entry.obsolete]
    forms = int(re.search(r"nplurals=(\d)", catalogue_of.metadata["Plural-Forms"])[1])

    assert entries
    assert [entry.msgid for entry in entries if entry.fuzzy or not entry.translated()] == []
    # Spanish has a form for whole millions ("un millón de"), which is easily forgotten.
    assert [entry.msgid for entry in entries if entry.msgid_plural and len(entry.msgstr_plural) != forms] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_compiled_translations_are_those_of_the_source(code):
    written, compiled = polib.pofile(str(catalogue(code))), polib.mofile(str(catalogue(code).with_suffix(".mo")))

    assert texts(compiled) == texts(entry for entry in written if not entry.obsolete)


def words_in_braces(source):
    """Lines where a text is translated inside the braces of an f-string, where makemessages does not look."""
    return [
        call.lineno
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "gettext", "gettext_lazy", "ngettext", "pgettext")
    ]


def test_no_words_are_hidden_from_translators():
    found = {short(path): words_in_braces(path.read_text()) for path in sources("*.py")}

    assert {path: lines for path, lines in found.items() if lines} == {}
    assert words_in_braces("x = _('seen')\ny = f\"{_('hidden')}\"") == [2]


def texts(entries):
    """Return all that a reader can be shown of some entries."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural or ""): entry.msgstr_plural or entry.msgstr for entry in entries
    }


# --- What else has to agree -----------------------------------------------------------------


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO(), verbosity=3)


def test_both_locks_name_the_same_versions_and_no_index():
    base, dev = ((ROOT / "requirements" / f"{name}.txt").read_text() for name in ("base", "dev"))

    assert set(re.findall(r"^\S+==\S+", base, re.MULTILINE)) - set(re.findall(r"^\S+==\S+", dev, re.MULTILINE)) == set()
    assert re.findall(r"https?://\S+|^--?\w\S*|^\S+ @ .*", base + dev, re.MULTILINE) == []


def test_the_readme_names_every_variable_that_settings_read():
    read = re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)"|"([A-Z_]+)" in env""", (ROOT / "hub/settings.py").read_text())
    named = set(re.findall(r"`([A-Z_]{2,})", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert {first or second for first, second in read} - named == set()


def test_the_readme_names_every_command_of_ours():
    commands = {path.stem for path in sources("management/commands/[!_]*.py")}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {command for command in commands if f"`{command}" not in readme} == set()


def test_the_readme_names_the_limits_that_are_set():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert dict(re.findall(r"`(\w+)`: `([^`]+)`", readme)) == settings.ACCOUNT_RATE_LIMITS
    assert f"{settings.POSTS_PER_MINUTE} a minute, {settings.POSTS_PER_HOUR} an hour" in readme
    assert f"{settings.COMMENT_LIMIT:,} characters" in readme
