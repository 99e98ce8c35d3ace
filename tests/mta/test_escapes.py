"""What a user writes into her own files cannot reach what is not hers, on a running host.

Bob's ``.forward`` is the attack; a letter to bob sets it off. Afterwards nothing has changed
that was not bob's, nothing outside the host's folder has been read or written, and no secret has
left: neither into a mailbox, nor into a log, nor over the wire.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from labmail.world import World, simulate

from .village import Village

HOST = "mail.ask.com"
OUTSIDE, INSIDE = "the machine's secret", "the administrator's secret"
SECRETS = (OUTSIDE.encode(), INSIDE.encode())


def play(
    tmp: Path,
    attacks: dict[str, str],
    *,
    aliases: bool = False,
    prepare: Callable[[Village], None] | None = None,
) -> Village:
    """A letter for each attack. Raises AssertionError with its name where it reaches anything."""
    (tmp / "outside").mkdir()
    (tmp / "outside/secret").write_text(OUTSIDE)
    untouched = state(tmp / "outside")

    async def main(world: World) -> Village:
        village = await Village.make(world, tmp / "lab")
        furnish(village, tmp)
        for name, text in attacks.items():
            text = text.replace("OUTSIDE", str(tmp / "outside"))
            await one(village, name, text, aliases, prepare)
            assert state(tmp / "outside") == untouched, f"{name}: something outside has changed"
        await village.close()
        return village

    village = simulate(main, flow=False)
    assert sorted(os.listdir(tmp)) == ["lab", "outside"]
    return village


def furnish(village: Village, tmp: Path) -> None:
    """Secrets of the administrator and of carol, and links that lead out."""
    files = village.files[HOST]
    for path, text in {
        "/etc/exim4/passwd.client": f"*: bob: {INSIDE}\n",
        "/etc/exim4/table": f"key: {INSIDE}\n",
        "/home/carol/notes": "carol's own\n",
        "/home/bob/away": "gone fishing\n",
    }.items():
        files.write_text(path, text)
        files.real(path).chmod(0o600)
    (files.real("/home/bob") / "link").symlink_to(tmp / "outside")
    (files.real("/home/bob") / "up").symlink_to("../../../../../../../../..")
    (files.real("/home/bob") / "dangling").symlink_to(tmp / "outside/new")


async def one(
    village: Village,
    name: str,
    text: str,
    aliases: bool,
    prepare: Callable[[Village], None] | None,
) -> None:
    """One attack: written down, set off by a letter, and looked for."""
    files, address = village.files[HOST], "team@ask.com" if aliases else "bob@ask.com"
    files.write_text("/etc/aliases" if aliases else "/home/bob/.forward", text)
    if prepare is not None:
        prepare(village)
    before = state(files.root)
    sent = await village.send("alice@example.com", address, source="stranger.test", via=HOST)
    assert sent.delivered or aliases, name
    await village.world.clock.run(within="20m")
    after = state(files.root)
    changed = {path for path, was in before.items() if after.get(path) != was}
    assert not {each for each in changed if not each.startswith(MAY_CHANGE)}, name
    for path in after.keys() - before.keys():
        assert path.startswith(MINE) or aliases, f"{name}: {path} was made"
        assert not any(secret in after[path] for secret in SECRETS), f"{name}: {path}"
    for log in ("mainlog", "paniclog"):
        lines = "\n".join(village.log(HOST, log)) if files.exists(f"/var/log/exim4/{log}") else ""
        assert not any(secret.decode() in lines for secret in SECRETS), f"{name}: {log}"


MAY_CHANGE = ("/home/bob/", "/var/spool/exim4/")
MINE = (*MAY_CHANGE, "/var/log/exim4/")


def state(root: Path) -> dict[str, bytes]:
    """Every file below a folder that matters: not what mail itself keeps."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                lab = "/" + str(path.relative_to(root))
                if not lab.startswith(("/var/spool/exim4/db", "/var/log/exim4")):
                    found[lab] = path.read_bytes()
    return found


FILES = {
    "another's file": "/home/carol/notes\n",
    "another's mailbox": "/home/carol/Maildir/\n",
    "a new file at another's": "/home/carol/.forward\n",
    "the accounts": "/etc/passwd\n",
    "a new file in /etc": "/etc/cron.daily/x\n",
    "dots": "/home/bob/../../etc/aliases\n",
    "dots out of the host": "/home/bob/../../../../../../../../../../../../OUTSIDE/new\n",
    "the machine's own path": "OUTSIDE/new\n",
    "a link out of the host": "/home/bob/link/new\n",
    "a folder behind a link": "/home/bob/link/\n",
    "a link upwards": "/home/bob/up/etc/passwd\n",
    "the machine's devices": "/dev/shm/labmail-escape\n",
    "another's mbox": "/var/mail/carol\n",
    "the queue": "/var/spool/exim4/input/x\n",
}
PROGRAMS = {
    "a shell": '"|/bin/sh -c \\"cat OUTSIDE/secret > OUTSIDE/new\\""\n',
    "a shell by another way": '"|/../../../../../../bin/sh -c \\"touch OUTSIDE/new\\""\n',
    "by path": '"|touch OUTSIDE/new"\n',
    "by a link": '"|/home/bob/up/usr/bin/touch OUTSIDE/new"\n',
    "a path with a NUL": '"|/bin/sh\\000 -c x"\n',
}
INCLUDES = {
    "passwords": ":include:/etc/exim4/table\n",
    "outside": ":include:OUTSIDE/secret\n",
    "by a link": ":include:/home/bob/link/secret\n",
    "by dots": ":include:/home/bob/../../../../../..OUTSIDE/secret\n",
    "by the process": ":include:/proc/self/rootOUTSIDE/secret\n",
    "the process itself": ":include:/proc/self/environ\n",
    "itself": ":include:/home/bob/.forward\n",
}
MAIL = "# Exim filter\nmail to alice@example.com subject x "
FILTERS = {
    "a file to read": MAIL + "file /etc/exim4/table\n",
    "a file to read, outside": MAIL + "file OUTSIDE/secret\n",
    "a file to read, by a link": MAIL + "file /home/bob/link/secret\n",
    "a file to read, by dots": MAIL + "file /home/bob/../../etc/exim4/table\n",
    "a log": MAIL + "text y log /home/carol/notes\n",
    "a log, outside": MAIL + "text y log OUTSIDE/log\n",
    "once": MAIL + "text y once /etc/aliases\n",
    "vacation": "# Exim filter\nvacation file /etc/exim4/table once /etc/x log /etc/passwd\n",
    "readfile": MAIL + 'text "${readfile{/etc/exim4/table}}"\n',
    "readfile, outside": MAIL + 'text "${readfile{OUTSIDE/secret}}"\n',
    "readfile, by a link": MAIL + 'text "${readfile{/home/bob/link/secret}}"\n',
    "lookup": MAIL + 'text "${lookup{key}lsearch{/etc/exim4/table}}"\n',
    "lookup, outside": MAIL + 'text "${lookup{x}lsearch{OUTSIDE/secret}{y}{n}}"\n',
    "dsearch": MAIL + 'text "${lookup{secret}dsearch{OUTSIDE}}"\n',
    "run": MAIL + 'text "${run{/bin/cat OUTSIDE/secret}}"\n',
    "readsocket": MAIL + 'text "${readsocket{OUTSIDE/secret}{x}}"\n',
    "sqlite": MAIL + 'text "${lookup sqlite,file=OUTSIDE/new {create table a(b)}}"\n',
    "sqlite, by a link": MAIL
    + 'text "${lookup sqlite,file=/home/bob/link/new {create table a(b)}}"\n',
    "sqlite, into another": MAIL
    + "text \"${lookup sqlite,file=/home/bob/x.db {attach 'OUTSIDE/new' as o}}\"\n",
    "is it there": '# Exim filter\nif "${if exists{OUTSIDE/secret}{y}}" is y then '
    'mail to alice@example.com subject "the machine\'s secret" endif\n',
    "stat": MAIL + 'text "${stat:/home/bob/link/secret}"\n',
    "dsearch, upwards": MAIL + 'text "${lookup{..}dsearch{/home/bob/link}}"\n',
    "a library": MAIL
    + 'text "${dlfunc{/home/bob/up/lib/x86_64-linux-gnu/libc.so.6}{getenv}{HOME}}"\n',
    "save": "# Exim filter\nsave /home/carol/notes\n",
    "save, by a link to nothing": "# Exim filter\nsave /home/bob/dangling\n",
    "save, made of the letter": "# Exim filter\nsave /home/$h_subject:/../../etc/x\n",
    "pipe": "# Exim filter\npipe \"/bin/sh -c 'touch OUTSIDE/new'\"\n",
    "logfile": "# Exim filter\nlogfile /home/carol/notes\nlogwrite x\n",
    "another command on the wire": '# Exim filter\ndeliver "a@b\\nRCPT TO:<carol@ask.com>"\n',
    "another header": '# Exim filter\nmail to alice@example.com subject "x\\nBcc: c@d"\n',
}
ALIASES = {
    "dots": "team: /home/bob/../../../../../../../OUTSIDE/new\n",
    "a link": "team: /home/bob/link/new\n",
    "a file to include": "team: :include:OUTSIDE/secret\n",
    "a link to include": "team: :include:/home/bob/link/secret\n",
    "a shell": 'team: "|/bin/sh -c id"\n',
    "dots to a shell": 'team: "|/../../bin/sh"\n',
}
SIEVE = '# Sieve filter\nrequire ["fileinto", "envelope", "vacation"];\n'
SCRIPTS = {
    "outside": SIEVE + 'fileinto "OUTSIDE/new";\n',
    "dots": SIEVE + 'fileinto "../../carol/notes";\n',
    "another's": SIEVE + 'fileinto "/home/carol/notes";\n',
    "a link": SIEVE + 'fileinto "/home/bob/link/new";\n',
    "another command on the wire": SIEVE + 'redirect "a@b\r\nRCPT TO:<carol@ask.com>";\n',
}
GROUPS = {
    "files": FILES,
    "programs": PROGRAMS,
    "includes": INCLUDES,
    "filters": FILTERS,
    "scripts": SCRIPTS,
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_users_own_file_reaches_nothing_else(group: str, tmp_path: Path) -> None:
    play(tmp_path, GROUPS[group])


@pytest.mark.parametrize("path", ["/home/carol/notes", "/etc/exim4/table", "OUTSIDE/secret"])
def test_a_forward_file_that_is_a_link_reads_nothing_else(path: str, tmp_path: Path) -> None:
    def link(village: Village) -> None:
        forward = village.files[HOST].real("/home/bob") / ".forward"
        forward.unlink(missing_ok=True)
        forward.symlink_to(path.replace("OUTSIDE", str(tmp_path / "outside")))

    play(tmp_path, {path: ""}, prepare=link)


def test_an_alias_stays_inside_the_host(tmp_path: Path) -> None:
    """The administrator may name any file of the host, and none of the machine."""
    play(tmp_path, ALIASES, aliases=True)


def test_what_is_her_own_is_reached(tmp_path: Path) -> None:
    """The same things, done where they may be done: so the attacks fail for the right reason."""
    own = {
        "a file": "/home/bob/saved\n",
        "a program": '"|/home/bob/count"\n',
        "a text": MAIL + "file /home/bob/away log /home/bob/log once /home/bob/once\n",
        "a string": MAIL + 'text "${readfile{/home/bob/away}}"\n',
    }

    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        files = village.files[HOST]
        files.write_text("/home/bob/away", "gone fishing\n")
        files.write_text("/home/bob/count", "#!/bin/sh\nwc -l > counted\n")
        files.real("/home/bob/count").chmod(0o755)
        for text in own.values():
            files.write_text("/home/bob/.forward", text)
            await village.send("alice@example.com", "bob@ask.com", source="stranger.test", via=HOST)
            await world.clock.run(within="20m")
        await village.close()
        return village

    village = simulate(main, flow=False)
    files = village.files[HOST]
    assert "Noon?" in files.read_text("/home/bob/saved")
    assert int(files.read_text("/home/bob/counted")) > 5
    assert "To: alice@example.com" in files.read_text("/home/bob/log")
    assert files.read_bytes("/home/bob/once").endswith(b"alice@example.com\0")
    got = b"".join(village.maildir("mail.example.com", "alice"))
    assert got.count(b"gone fishing") == 2
    assert b"Auto-Submitted: auto-replied" in got


def test_a_strangers_local_part_is_no_path(tmp_path: Path) -> None:
    async def main(world: World) -> None:
        village = await Village.make(world, tmp_path)
        before = state(village.files[HOST].root)
        for local_part in ("../carol", "..", "a/../../etc", "|/bin/sh", "/etc/x"):
            sent = await village.send(
                "alice@example.com", f'"{local_part}"@ask.com', source="stranger.test", via=HOST
            )
            assert sent.delivered == ()
        await world.clock.run(within="1h")
        await village.close()
        assert state(village.files[HOST].root) == before

    simulate(main, flow=False)
