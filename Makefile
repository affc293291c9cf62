# What there is to do here; needs Python 3.11 or newer and make, nothing else. `make` alone lists it.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

RUN := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null)

.PHONY: help demo test bench lint format messages lock ci
.DEFAULT_GOAL := help

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST)

demo: .venv/base.stamp ## try the forum: a filled database and a server on this machine (PORT=8000)
	@set -e; \
	unset ALLOWED_HOSTS DATABASE_URL REDIS_URL EMAIL_URL HTTPS DEBUG; \
	export DEMO=1 LOG_LEVEL=$${LOG_LEVEL:-ERROR}; \
	port=$$($(RUN) -c "import socket, sys; print(next(p for p in range(int(sys.argv[1]), 65536) if socket.socket().connect_ex(('127.0.0.1', p))))" $(PORT)); \
	export SITE_URL=http://localhost:$$port; \
	mkdir -p "$${DATA_DIR:-var}/static"; \
	$(RUN) manage.py migrate --verbosity 0; \
	$(RUN) manage.py load_demo --lively; \
	printf '\nThe forum answers at %s/ . Ctrl-C stops it; `make demo` brings it back with what was written.\nMail lands at %s/demo/mailbox/ .\n\n' $$SITE_URL $$SITE_URL; \
	$(RUN) manage.py send_outbox --loop --seconds 2 --with-parent >/dev/null & \
	$(RUN) manage.py read_attachments --loop --seconds 5 --with-parent >/dev/null & \
	exec $(RUN) -m gunicorn hub.wsgi --bind 127.0.0.1:$$port --workers 1 --threads 8 \
		--graceful-timeout 3 --log-level warning --no-control-socket

test: .venv/dev.stamp ## run the tests, on SQLite or on TEST_DATABASE_URL (ARGS="-k reply" for some)
	@$(RUN) -m pytest -n auto $(ARGS)

bench: .venv/dev.stamp ## measure pages and posting at several sizes (ARGS are handed on)
	@$(RUN) -m tests.benchmarks $(ARGS)

lint: .venv/dev.stamp ## check style and formatting
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

format: .venv/dev.stamp ## mend style and formatting
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

messages: .venv/dev.stamp ## collect the strings to translate and compile the translations (needs gettext)
	@command -v xgettext >/dev/null || { echo "gettext is missing (Debian: apt-get install gettext)" >&2; exit 1; }
	@DEBUG=1 $(RUN) manage.py makemessages --locale fr --locale es --no-obsolete --no-wrap --add-location file \
		--ignore '.*' --ignore var --ignore tests
	@DEBUG=1 $(RUN) manage.py compilemessages --locale fr --locale es --ignore '.*'

lock: ## compile pyproject.toml into the locked requirements (ARGS=--upgrade for newer versions; needs uv)
	@command -v uv >/dev/null || { echo "uv is missing (pip install uv)" >&2; exit 1; }
	@uv pip compile --quiet $(LOCK) $(ARGS) pyproject.toml --output-file requirements/base.txt
	@uv pip compile --quiet $(LOCK) $(ARGS) pyproject.toml --extra dev --constraints requirements/base.txt \
		--output-file requirements/dev.txt

ci: ## all that a change must pass, on SQLite and on PostgreSQL
	@bash .ci/run

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# The stamps are older than a lock that changed, so the next command installs what is new in it. Where uv cannot,
# pip may: it knows of proxies and certificates that uv is not told of.
.venv/%.stamp: requirements/%.txt | .venv/made.stamp
	@echo "Installing $< ..."
	@{ [ -n "$(UV)" ] && uv pip install --quiet --python $(RUN) --require-hashes -r $<; } || { \
		{ $(RUN) -m pip --version || $(RUN) -m ensurepip; } >/dev/null 2>&1; \
		$(RUN) -m pip install -qq --disable-pip-version-check --require-hashes -r $<; }
	@touch $@

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@{ [ -n "$(UV)" ] && uv venv --quiet --allow-existing --python $(PYTHON) .venv; } || $(PYTHON) -m venv .venv
	@touch $@
