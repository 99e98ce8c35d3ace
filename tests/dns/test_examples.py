"""The examples in docstrings are true, the room can be run, and its events survive a journal."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import pytest

import labmail.dns
from labmail.dns.__main__ import EXAMPLE, main
from labmail.trace.record import from_record, to_record
from labmail.world import World, simulate

from .conftest import ASK, Internet, mail_hosts

MODULES = [module.name for module in pkgutil.iter_modules(labmail.dns.__path__, "labmail.dns.")]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_the_example_of_the_room(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    shown = capsys.readouterr().out
    assert "db.ask.com:4:10: warning: ask.com/MX 'mail.ask.com.ask.com' has no address" in shown
    assert ";; status: NXDOMAIN, flags: qr aa rd" in shown


def test_a_zone_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "db"
    file.write_text(EXAMPLE + "$INCLUDE more\n")
    assert main("ask.com", str(file)) == 1
    assert f"{file}:9:10: file not found: found '{tmp_path}/more'" in capsys.readouterr().out
    (tmp_path / "more").write_text("more A 128.10.30.7\n")
    assert main("ask.com", str(file)) == 0
    assert main("a..b", str(file)) == main("one") == 2


def test_events_survive_a_journal(internet: Callable[[World], Internet]) -> None:
    async def story(world: World) -> None:
        net = internet(world)
        _, server = await net.companies()
        server.files.write_text("/etc/bind/db.ask.com", ASK + "x MX\n")
        server.reload()
        resolver = net.resolver("128.10.12.1", "128.10.30.2")
        await mail_hosts(resolver, "ask.com", letter="l/1")
        await mail_hosts(resolver, "nowhere.test", letter="l/1")
        await resolver.query("mail.ask.com", "A")
        with pytest.raises(TimeoutError):
            await world.network.exchange("128.10.12.4", "128.10.30.1", 53, b"?", 1)
        kinds = {type(event).__name__ for event in net.trace.events}
        told = "ZoneLoaded ZoneRefused DnsSaid NoAnswer Lookup MxLookup Answered Ignored"
        assert kinds == set(told.split())
        for event in net.trace.events:
            assert from_record(to_record(event)) == event
            assert event.answer.strip() and event.label and "  None" not in event.answer
            assert event.question or event.label in ("DNS",), type(event)

    simulate(story)
