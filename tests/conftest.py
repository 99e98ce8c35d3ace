"""What every test of the house shares: skips that are seen, and a world that is not reached into.

- ``@pytest.mark.peer("swaks")`` skips, with a reason, where a program is missing;
  ``@pytest.mark.only_on("linux")`` skips on other systems.
- ``--no-skips`` (or LABMAIL_NO_SKIPS=1) turns every skip but those of other systems into a
  failure: on a machine that has all peers, a test that does not run is a test that is broken.
- No test asks the machine's own resolver: `socket.getfqdn` and `socket.getaddrinfo` on a name
  raise. The lab has its own name servers, and a student's laptop may be offline. A test that
  starts something outside the lab says so: ``@pytest.mark.machine_names``.
- `make test` hands files to several processes. Those that take long come first, so that no process
  is left with one when the others have done.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

TESTS = Path(__file__).parent
OTHER_SYSTEM = "other system: "
LONG = (
    *("browser", "widgets", "setup", "hostile", "engines"),
    *("faults", "lab", "mta", "notebooks", "exercises"),
)
"""Folders whose files take long: browsers, programs that start, labs by the hundred."""
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where servers lie; an ordinary user's PATH lacks them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("LABMAIL_NO_SKIPS", "") not in ("", "0"),
        help="a skipped test is a failure, unless it is for another system",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes: what takes long first. All of them must have the same order."""
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    room = item.path.relative_to(TESTS).parts[0]
    return LONG.index(room) if room in LONG else len(LONG)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("only_on"):
        if not sys.platform.startswith(mark.args):
            pytest.skip(f"{OTHER_SYSTEM}{' or '.join(mark.args)} only")
    for mark in item.iter_markers("peer"):
        for name in mark.args:
            if find_peer(name) is None:
                pytest.skip(f"{name} is not installed")


def find_peer(name: str) -> str | None:
    """The path of another program, looked for where servers lie, too."""
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *SYSTEM_FOLDERS]))


def open_to_all(folder: Path) -> None:
    """Let everybody look into a folder of tmp_path: Exim, called by root, soon is somebody else."""
    for part in (folder, *folder.parents):
        if part == Path(tempfile.gettempdir()):
            break
        part.chmod(0o755)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    return _judged(report, item.config)  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    return _judged(report, collector.config)  # type: ignore[return-value]


def _judged(report: Any, config: pytest.Config) -> Any:
    """With --no-skips, a skip (not an expected failure) becomes a failure that keeps its reason."""
    if report.skipped and config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        where = report.longrepr
        reason = str(where[2] if isinstance(where, tuple) else where).removeprefix("Skipped: ")
        if not reason.startswith(OTHER_SYSTEM):
            report.outcome = "failed"
            report.longrepr = f"skipped, and nothing may be skipped here: {reason}"
    return report


@pytest.fixture(autouse=True)
def _no_machine_names(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the machine's own resolver unreachable; addresses in digits still pass."""
    if request.node.get_closest_marker("machine_names"):
        return
    monkeypatch.setattr(socket, "getaddrinfo", _digits_only(socket.getaddrinfo))
    for name in ("getfqdn", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        monkeypatch.setattr(socket, name, _refuse)


def _digits_only(real: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text:
            try:
                ipaddress.ip_address(text.partition("%")[0])
            except ValueError:
                _refuse(text)
        return real(host, *args, **kwargs)

    return getaddrinfo


def _refuse(*asked: object) -> NoReturn:
    name = asked[0] if asked else "this machine's own name"
    raise AssertionError(f"the machine's resolver was asked for {name!r}; the lab has its own")
