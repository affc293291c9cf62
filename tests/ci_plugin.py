"""A plugin for CI, where a skipped test is a failure: `pytest -p tests.ci_plugin`.

With `--database-only` it takes the tests that a database may change: those that ask for one, and are not
marked `any_database`.
"""

import pytest

_skipped = []
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser):
    """Add the option."""
    parser.addoption("--database-only", action="store_true", help="only tests that a database may change")


def pytest_collection_modifyitems(config, items):
    """Leave out what does not depend on the database."""
    if not config.getoption("--database-only"):
        return
    taken, left = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames)
        (taken if asks and not item.get_closest_marker("any_database") else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = taken


def _where_and_why(report):
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else getattr(report, "wasxfail", "")
    return f"{report.nodeid}: {reason}"


def pytest_runtest_logreport(report):
    """Remember a test that was skipped, or expected to fail."""
    if report.skipped:
        _skipped.append(_where_and_why(report))


def pytest_collectreport(report):
    """Remember a whole module that was skipped."""
    if report.skipped:
        _skipped.append(_where_and_why(report))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Let the session fail; a worker leaves that to the process that it reports to."""
    if _skipped and not hasattr(session.config, "workerinput") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say which tests they were."""
    if _skipped:
        terminalreporter.section("skipped, which CI does not allow", red=True, bold=True)
        for line in sorted(set(_skipped)):
            terminalreporter.line(line)
