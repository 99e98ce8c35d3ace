"""``$tod_…`` in all its forms and zones."""

from __future__ import annotations

import doctest
from types import SimpleNamespace

import pytest

from labmail.exim.drive import drive
from labmail.exim.expansion import Context, dates, expand
from labmail.exim.expansion.dates import shown
from labmail.exim.files import RealFiles

from .original import Exim

NOW = 1_795_575_611.201542
BERLIN = {
    "tod_bsdinbox": "Wed Nov 25 04:00:11 2026",
    "tod_epoch": "1795575611",
    "tod_epoch_l": "1795575611201542",
    "tod_full": "Wed, 25 Nov 2026 04:00:11 +0100",
    "tod_log": "2026-11-25 04:00:11",
    "tod_logfile": "20261125",
    "tod_zone": "+0100",
    "tod_zulu": "20261125030011Z",
}
ZONES = {
    "America/St_Johns": "-0330",
    "EST5EDT": "-0500",
    "XYZ3:30": "-0330",
    "CET-1CEST": "+0100",
    "CET-1CEST,M3.5.0,M10.5.0/3": "+0100",
    "AEST-10AEDT,M10.1.0,M4.1.0/3": "+1100",
    "<+0530>-5:30": "+0530",
    ":Europe/Berlin": "+0100",
    "utc": "+0000",
    "No/Such": "+0000",
    "../etc/passwd": "+0000",
}


def test_examples():
    assert not doctest.testmod(dates).failed


def test_all_forms():
    assert {name: shown(name, NOW, "Europe/Berlin") for name in BERLIN} == BERLIN


@pytest.mark.parametrize("zone", ZONES)
def test_zones(zone):
    assert shown("tod_zone", NOW, zone) == ZONES[zone]


def test_as_variables():
    context = Context(
        clock=SimpleNamespace(now=lambda: NOW),
        settings={"timezone": "Europe/Berlin", "log_selector": "+millisec"},
    )
    assert drive(expand("$tod_log", context)).text == "2026-11-25 04:00:11.201"
    assert drive(expand("$tod_full", context)).text == BERLIN["tod_full"]


def test_days_of_one_digit():
    assert shown("tod_bsdinbox", 0, "UTC") == "Thu Jan  1 00:00:00 1970"
    assert shown("tod_full", 0, "UTC") == "Thu, 01 Jan 1970 00:00:00 +0000"


def test_local_time_is_the_hosts():
    """An empty zone is what the host's own file says; a host without one lives in UTC."""
    assert len(shown("tod_zone", NOW, "", files=RealFiles())) == 5
    assert shown("tod_zone", NOW, "") == "+0000"


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("zone", ["Europe/Berlin", *ZONES])
def test_exim_says_so_too(zone, tmp_path):
    exim = Exim(tmp_path)
    configuration = exim.configuration.read_text().replace("timezone = UTC", f"timezone = {zone}")
    exim.configuration.write_text(configuration)
    names = [name for name in BERLIN if name != "tod_epoch_l"]
    (line,) = exim.answers(["|".join(f"${name}" for name in names)])
    told = dict(zip(names, line.split("|"), strict=True))
    assert told == {name: shown(name, int(told["tod_epoch"]), zone) for name in names}
