"""An island: programs of this machine at a lab address. Where none can be made, it says why."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from labmail.world import simulate
from labmail.world.island import Island, IslandError, Landing, Pier, why_not

OWN, OTHER, THIRD, STRANGER = "128.10.12.4", "128.10.30.2", "128.10.12.1", "9.9.9.9"
SERVER = (
    "use IO::Socket; $| = 1; $SIG{PIPE} = 'IGNORE';"
    "my $s = IO::Socket::INET->new(LocalAddr => $ARGV[0], LocalPort => 25, Listen => 5,"
    "Reuse => 1);"
    "while (my $c = $s->accept) { print $c $c->peerhost . ' ' . $c->peerport . \"\\n\";"
    'my $said = <$c>; print $c "you said $said"; close $c }'
)


class Greeting(asyncio.Protocol):
    """A server of the lab: says whom it sees, and what it hears."""

    def connection_made(self, transport):
        transport.write(f"220 hello {transport.get_extra_info('peername')[0]}\r\n".encode())
        transport.close()


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(b"%s from %s" % (data, addr[0].encode()), addr)


def dial(address, port=25):
    return ["bash", "-c", f"exec 3<>/dev/tcp/{address}/{port} && cat <&3"]


def visit(tmp_path, main):
    """Runs ``main(island, network)``; where there can be no island, checks that it is refused."""

    async def run(world):
        network = world.network
        network.add_host(OWN, OTHER, THIRD)
        (tmp_path / "etc").mkdir()
        (tmp_path / "etc/motd").write_text("the host's own\n")
        founding = Island.found(network, tmp_path, "mail", [OWN])
        if reason := why_not():
            with pytest.raises(IslandError, match=r"Linux|root|CAP_SYS_ADMIN|namespaces"):
                await founding
            assert len(reason) > 20
            return
        island = await founding
        try:
            await main(island, network)
        finally:
            await island.close()

    simulate(run, live=True)


def test_its_root_is_the_hosts_folder_and_what_it_writes_lies_there(tmp_path):
    async def main(island, network):
        assert (await island.run(["hostname"])).output == "mail\n"
        assert (await island.run(["cat", "/etc/motd"])).output == "the host's own\n"
        (tmp_path / "etc/motd").unlink()
        (tmp_path / "etc/motd").write_text("changed\n")
        assert (await island.run(["cat", "/etc/motd"])).output == "changed\n"
        await island.run(["sh", "-c", "echo new > /etc/new; echo gone > /run/gone"])
        assert (tmp_path / "etc/new").read_text() == "new\n"
        assert sorted(os.listdir(tmp_path)) == ["etc"]

    visit(tmp_path, main)


def test_of_the_machine_it_sees_programs_and_may_change_none(tmp_path):
    async def main(island, network):
        for path in (str(tmp_path), "/root", f"/proc/{os.getpid()}/root", "/etc/shadow"):
            assert (await island.run(["ls", path])).status != 0
        tried = await island.run(["touch", "/usr/bin/mine"])
        assert "Read-only" in tried.errors
        assert not Path("/usr/bin/mine").exists()

    visit(tmp_path, main)


def test_a_program_reaches_a_service_of_the_lab_as_its_own_address(tmp_path):
    async def main(island, network):
        await network.listen(OTHER, 25, Greeting)
        Pier.build(island, (OTHER, 25))
        assert (await island.run(dial(OTHER))).output == f"220 hello {OWN}\r\n"

    visit(tmp_path, main)


def test_datagrams_are_answered_at_the_port_for_names(tmp_path):
    async def main(island, network):
        await network.listen_udp(THIRD, 53, Echo)
        Pier.build(island, (THIRD, 53))
        asking = f"exec 3<>/dev/udp/{THIRD}/53; printf where >&3; timeout 5 head -c 22 <&3"
        assert (await island.run(["bash", "-c", asking])).output == f"where from {OWN}"[:22]

    visit(tmp_path, main)


def test_who_is_no_host_is_unreachable_and_where_nobody_listens_is_refused(tmp_path):
    async def main(island, network):
        Pier.build(island, (OTHER, 25))
        assert "refused" in (await island.run(dial(OTHER))).errors
        assert "refused" in (await island.run(dial(THIRD, 80))).errors
        assert "unreachable" in (await island.run(dial(STRANGER))).errors
        listener = await network.listen(OTHER, 25, Greeting)
        network.refuse(OTHER, 25)
        assert "refused" in (await island.run(dial(OTHER))).errors
        network.allow(OTHER, 25)
        assert "hello" in (await island.run(dial(OTHER))).output
        listener.close()
        assert "refused" in (await island.run(dial(OTHER))).errors

    visit(tmp_path, main)


@pytest.mark.parametrize(
    ("cut", "mend"),
    [
        (lambda n: n.down(OTHER), lambda n: n.up(OTHER)),
        (lambda n: n.down(OWN), lambda n: n.up(OWN)),
        (lambda n: n.black_hole(OTHER, 25), lambda n: n.fill_hole(OTHER, 25)),
        (lambda n: n.partition(OWN, OTHER), lambda n: n.heal(OWN, OTHER)),
    ],
    ids=["down", "its own host down", "black hole", "partition"],
)
def test_a_host_that_cannot_be_reached_is_silent_and_heard_when_the_road_is_free(
    tmp_path, cut, mend
):
    async def main(island, network):
        await network.listen(OTHER, 25, Greeting)
        Pier.build(island, (OTHER, 25))
        cut(network)
        silence = await island.run(["timeout", "0.2", *dial(OTHER)])
        assert (silence.status, silence.output) == (124, "")
        waiting = asyncio.ensure_future(island.run(dial(OTHER)))
        await asyncio.sleep(0.05)
        mend(network)
        assert "hello" in (await waiting).output
        assert "hello" in (await island.run(dial(OTHER))).output

    visit(tmp_path, main)


def test_the_lab_reaches_a_program_which_sees_the_clients_address_and_port(tmp_path):
    async def main(island, network):
        await island.start(["perl", "-e", SERVER, OWN], lambda ended: None)
        await Landing.open(island, OWN, 25)
        await until(lambda: island.run(["bash", "-c", f"exec 3<>/dev/tcp/{OWN}/25"]))
        for client in (OTHER, network.visitor, STRANGER):
            reader, writer = await network.open_stream(client, OWN, 25)
            port = writer.get_extra_info("sockname")[1]
            assert await reader.readline() == f"{client} {port}\n".encode()
            assert not await island.is_at_work()  # it waits for us
            writer.write(b"good morning\n")
            assert await reader.read() == b"you said good morning\n"

    visit(tmp_path, main)


async def becomes(true):
    """Whether something comes true in the time that a busy machine may need."""
    for _ in range(1000):
        if true():
            return True
        await asyncio.sleep(0.01)
    return False


async def until(trying):
    """Tries until it succeeds."""
    for _ in range(200):
        if (await trying()).status == 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come up")


def test_an_ear_hears_both_sides_and_the_end(tmp_path):
    class Heard:
        def __init__(self, link):
            self.words = []
            heard.append(self.words)

        def hear(self, speaker, octets):
            self.words.append((speaker, octets))

        def ended(self):
            self.words.append(("end", b""))

    heard = []

    async def main(island, network):
        await island.start(["perl", "-e", SERVER, OWN], lambda ended: None)
        await until(lambda: island.run(["bash", "-c", f"exec 3<>/dev/tcp/{OWN}/25"]))
        await Landing.open(island, OWN, 25, Heard)
        reader, writer = await network.open_stream(OTHER, OWN, 25)
        writer.write(b"good morning\n")
        await reader.read()
        writer.close()
        assert await becomes(lambda: heard[0][-1] == ("end", b""))
        said = {s: b"".join(w for speaker, w in heard[0] if speaker == s) for s in "CS"}
        assert said["C"] == b"good morning\n"
        assert said["S"].endswith(b"you said good morning\n")

    visit(tmp_path, main)


def test_a_landing_whose_program_has_ended_breaks_the_connection_off(tmp_path):
    async def main(island, network):
        await Landing.open(island, OWN, 25)
        reader, _ = await network.open_stream(OTHER, OWN, 25)
        with pytest.raises(ConnectionResetError):
            await reader.read()

    visit(tmp_path, main)


def test_it_knows_who_is_at_work(tmp_path):
    async def main(island, network):
        pid = await island.start(["sleep", "60"], lambda ended: ends.append(ended.status))
        assert not await island.is_at_work()
        await island.run(["sh", "-c", "sleep 60 >/dev/null 2>&1 & "])
        assert await island.is_at_work()
        await island.signal(pid, signal.SIGTERM)
        assert await becomes(lambda: ends == [-signal.SIGTERM])

    ends = []
    visit(tmp_path, main)


def test_nothing_is_left_when_it_is_closed_or_when_the_world_ends(tmp_path):
    names = ["sleep", f"6{os.getpid()}"]

    async def main(island, network):
        await island.start(names, lambda ended: None)
        await island.run(["sh", "-c", f"{' '.join(names)} & {' '.join(names)} & true"])
        assert await becomes(lambda: running(names) == 3)
        await island.close()
        assert running(names) == 0
        with pytest.raises(IslandError, match="gone"):
            await island.run(["true"])
        with pytest.raises(IslandError, match="gone"):
            await island.connect((OTHER, 0), OWN, 25)

    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    visit(tmp_path, main)
    if before:
        assert len(os.listdir("/proc/self/fd")) == before

    async def forget(world):
        world.network.add_host(OWN)
        island = await Island.found(world.network, tmp_path, "mail", [OWN])
        await island.start(names, lambda ended: None)

    if not why_not():
        simulate(forget, live=True)
        assert running(names) == 0


def running(argv):
    """How many processes of this machine have this command."""
    words, found = b"\0".join(word.encode() for word in argv) + b"\0", 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += path.read_bytes() == words
        except OSError:
            continue
    return found


def test_it_ends_with_the_process_that_made_it(tmp_path):
    names = ["sleep", f"7{os.getpid()}"]

    async def main(island, network):
        await island.start(names, lambda ended: None)
        island.line.hang_up()  # as the end of the process does
        assert await becomes(lambda: running(names) == 0)

    visit(tmp_path, main)


def test_signals_that_the_lab_does_not_hear_are_heard_there_and_ctrl_c_is_not(tmp_path):
    async def main(island, network):
        assert os.getpgid(island.line.process.pid) != os.getpgid(0)
        pid = await island.start(["sleep", "60"], lambda ended: ends.append(ended.status))
        await island.signal(pid, signal.SIGTERM)
        assert await becomes(lambda: ends == [-signal.SIGTERM])

    ends = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        visit(tmp_path, main)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_a_program_that_ends_at_once_is_told_all_the_same(tmp_path):
    async def main(island, network):
        for _ in range(20):
            await island.start(["true"], lambda ended: ends.append(ended.status))
        assert await becomes(lambda: ends == [0] * 20)

    ends = []
    if not why_not():
        visit(tmp_path, main)


def test_a_program_that_is_not_there(tmp_path):
    async def main(island, network):
        ended = await island.run(["/usr/bin/nothing-of-that-name"])
        assert ended.status == 127
        assert "No such file" in ended.errors

    visit(tmp_path, main)


def test_who_may_not_make_one_is_told_why(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "root" in why_not()
    monkeypatch.setattr("sys.platform", "darwin")
    assert "only Linux" in why_not()
