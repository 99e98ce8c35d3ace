"""Where real Exim cannot run, and what it cannot do: a reason, and what to do instead."""

import subprocess
import sys

import pytest

from labmail.engines import ENGINES, choice, why_not
from labmail.lab import Lab, TownError
from labmail.world.island import here

from .conftest import start


def refusal(**wishes):
    with pytest.raises(TownError) as refused:
        Lab("two_companies", engine="exim4", **wishes)
    return str(refused.value)


def test_there_are_two_engines_and_ours_runs_everywhere():
    assert ENGINES == ("labmail", "exim4")
    assert why_not("labmail") == ""


def test_another_name_is_no_engine():
    with pytest.raises(ValueError, match="'postfix': expected one of labmail, exim4"):
        Lab("two_companies", engine="postfix")


def test_not_on_another_system(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    assert "only Linux has them: this is darwin; leave engine= out" in refusal()


def test_not_as_an_ordinary_user(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "takes root: this process runs as an ordinary user; leave engine= out" in refusal()


def test_not_where_root_may_make_no_namespaces(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    failing = "raise PermissionError(1, 'unshare: Operation not permitted')"
    monkeypatch.setattr(here, "python", lambda text: [sys.executable, "-c", failing])
    here._tried.cache_clear()
    try:
        told = refusal()
    finally:
        here._tried.cache_clear()
    assert "may not make namespaces (unshare: Operation not permitted)" in told
    assert "CAP_SYS_ADMIN" in told


def test_not_without_the_program(monkeypatch):
    monkeypatch.setattr(choice, "no_island", lambda: "")
    monkeypatch.setattr(choice.shutil, "which", lambda name, path: None)
    assert "exim4 is not installed: apt-get install exim4-daemon-heavy" in refusal()


def test_not_with_a_program_that_an_island_does_not_see(monkeypatch):
    monkeypatch.setattr(choice, "no_island", lambda: "")
    monkeypatch.setattr(choice.shutil, "which", lambda name, path: "/opt/exim/bin/exim4")
    assert "lies at /opt/exim/bin/exim4" in refusal()


def test_not_without_a_thread():
    with pytest.raises(ValueError, match="real programs need a thread"):
        Lab("two_companies", engine="exim4", threads=False)


def test_a_refusal_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    with Lab("two_companies") as lab:
        refusal()
        assert lab.is_open  # the one that ran goes on


def test_what_goes_by_the_machines_clock_or_disk_is_refused():
    lab = start()
    if lab is None:
        return
    with lab:
        with pytest.raises(
            ValueError, match="the clock cannot be moved: exim4 goes by the machine"
        ):
            lab.clock.advance("4d")
        for fault in (lab.faults.disk_full, lab.faults.lose_last_reply):
            with pytest.raises(ValueError, match="real exim4"):
                fault("mail.ask.com")
        assert not len(lab.faults)
        with pytest.raises(ValueError, match="it offers no smtp"):
            lab.host("ns.ask.com").reload()


def test_asking_costs_a_process_once():
    asked = "from labmail.engines import why_not; print(repr(why_not('exim4')))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == repr(why_not("exim4"))
