"""However a lab with real programs goes, nothing of it goes on: no process, mount or namespace."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labmail.engines import why_not
from labmail.lab import Lab
from labmail.lab.home import sweep

from .conftest import start

KILLED = """
import sys
from labmail.lab import Lab
lab = Lab("two_companies", engine="exim4")
lab.refuse("mail.ask.com", "smtp")
lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="At noon.")
print(lab.root, flush=True)
sys.stdin.read()
"""


def children(pid):
    """All processes that descend from one, with the time of their beginning, so that none is taken
    for another that got its number."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(words[1]), words[19]
    found, fresh = {}, {pid}
    while fresh:
        fresh = {each for each, (parent, _) in parents.items() if parent in fresh} - set(found)
        found |= {each: parents[each][1] for each in fresh}
    return found


def left(of):
    """Which of these processes are still there."""
    found = []
    for pid, began in of.items():
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[19] == began and words[0] not in "ZX":
            found.append(pid)
    return found


def are_gone(processes, within=10.0):
    until = time.monotonic() + within
    while left(processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def namespaces():
    """How many namespaces and mounts this process holds on to."""
    held = [os.readlink(each) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return sum(":[" in each and "net:" in each for each in held), len(mounts)


def running():
    """A lab, its folder and its processes; None where there can be none."""
    before = children(os.getpid())
    lab = start()
    if lab is None:
        return None
    mine = {p: at for p, at in children(os.getpid()).items() if p not in before}
    assert len(mine) >= 6  # two hosts: a warden, its parent and a daemon each
    return lab, lab.root, mine


def test_closing_ends_every_process_and_mount():
    before = namespaces() if not why_not("exim4") else None
    if (made := running()) is None:
        return
    lab, root, processes = made
    lab.close()
    assert not left(processes)
    assert namespaces() == before
    assert not root.exists()


def test_so_does_forgetting_it():
    if (made := running()) is None:
        return
    lab, root, processes = made
    del lab, made
    gc.collect()
    assert are_gone(processes)
    assert not root.exists()


def test_so_does_killing_its_process():
    if why_not("exim4"):
        assert start() is None
        return
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        root = Path(process.stdout.readline().strip())
        processes = children(process.pid)
        assert len(processes) >= 6 and root.is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert are_gone(processes)
    assert str(root) not in Path("/proc/self/mountinfo").read_text()
    sweep()  # as the next lab does
    assert not root.exists()


def test_two_labs_do_not_share_a_folder_and_a_later_one_finds_what_waits(tmp_path):
    lab = start(root=tmp_path)
    if lab is None:
        return
    lab.refuse("mail.ask.com", "smtp")
    letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="Noon?\n")
    lab.close()
    with start(root=tmp_path) as lab:
        [waiting] = lab.host("mail.example.com").queue
        assert waiting.letter == letter.name
        lab.host("mail.example.com").run_queue(force=True)
        assert [mail.subject for mail in lab.user("bob@ask.com").fetch()] == ["Lunch?"]
        assert lab.story(letter.name).recipients["bob@ask.com"].state == "fetched"


@pytest.mark.parametrize("first", ["labmail", pytest.param("exim4", marks=pytest.mark.long)])
def test_what_one_engine_has_put_off_the_other_delivers(tmp_path, first):
    second = "exim4" if first == "labmail" else "labmail"
    if why_not("exim4"):
        assert start() is None
        return
    with Lab("two_companies", engine=first, live=True, root=tmp_path) as lab:
        lab.refuse("mail.ask.com", "smtp")
        letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="?\n")
        lab.run(within="1m")
        assert lab.story(letter).recipients["bob@ask.com"].state == "deferred"
    with Lab("two_companies", engine=second, root=tmp_path) as lab:
        lab.run(within="1m")
        lab.host("mail.example.com").run_queue(force=True)
        lab.run(within="1m")
        assert [mail.subject for mail in lab.user("bob@ask.com").fetch()] == ["Lunch?"]


@pytest.mark.long
def test_reset_begins_anew():
    lab = start()
    if lab is None:
        return
    with lab:
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One", text="1\n")
        before = len(children(os.getpid()))
        lab.reset()
        assert lab.user("bob@ask.com").mailbox == []
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Two", text="2\n")
        assert [mail.subject for mail in lab.user("bob@ask.com").mailbox] == ["Two"]
        until = time.monotonic() + 10
        while len(children(os.getpid())) > before and time.monotonic() < until:
            time.sleep(0.02)  # whoever delivered the letter may still be on his way out
        assert len(children(os.getpid())) <= before
