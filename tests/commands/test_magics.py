"""``%exim``, ``%at``, ``%%eximconf`` in a real IPython shell: this computer's files, a host's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from labmail import Lab


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "labmail")
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    path = tmp_path / "exim.conf"
    path.write_text(f"spool_directory = {tmp_path}\nprimary_hostname = mx.lab.test\n")
    return str(path)


def said(shell: InteractiveShell, line: str) -> tuple[str, str]:
    """What a line prints: output, errors."""
    with capture_output() as captured:
        done = shell.run_cell(line)
    done.raise_error()
    return captured.stdout, captured.stderr


def shown(shell: InteractiveShell, cell: str) -> dict[str, str]:
    """What a cell shows: by kind, as JupyterLab gets it."""
    with capture_output():
        done = shell.run_cell(cell)
    done.raise_error()
    bundle, _ = shell.display_formatter.format(done.result)  # type: ignore[misc,union-attr]
    return dict(bundle)


def test_a_line_prints_what_exim_prints(shell: InteractiveShell, configuration: str) -> None:
    out, err = said(shell, f"%exim -C {configuration} -be '${{uc:a b}}' $primary_hostname '$1'")
    assert (out, err) == ("A B\nmx.lab.test\n\n", "")


def test_dollars_and_braces_are_exims(shell: InteractiveShell, configuration: str) -> None:
    shell.user_ns.update(tod_log="mine", x="mine")
    line = f"%exim -C {configuration} -be '{{x}} $tod_log'"
    out, _ = said(shell, line)
    assert out.startswith("{x} 2") and "mine" not in out


def test_octets_beyond_ascii_come_and_go_as_utf_8(
    shell: InteractiveShell, configuration: str
) -> None:
    out, _ = said(shell, f"%exim -C {configuration} -be 'café ${{strlen:é}} \\xff'")
    assert out == "café 2 \\xff\n"


def test_a_mistake_is_told_on_standard_error(shell: InteractiveShell) -> None:
    out, err = said(shell, "%exim -bx")
    assert (out, err) == ("", "exim abandoned: unknown, malformed, or incomplete option -bx\n")


def test_quotes_that_do_not_match_are_a_usage_error(shell: InteractiveShell) -> None:
    with pytest.raises(UsageError, match="No closing quotation"):
        shell.run_line_magic("exim", "-be 'abc")


CELL = """%%eximconf small
WHO = bob
domainlist local_domains = example.com
hide qualify_domain = example.com
"""


def test_a_cell_is_read_and_kept_for_a_line(shell: InteractiveShell) -> None:
    card = shown(shell, CELL)
    assert card["text/plain"] == (
        "✓ small: 1 macro, 1 option, 1 domain list\n  kept as small: %exim -C small …"
    )
    assert "<script" not in card["text/html"] and "1 domain list" in card["text/html"]
    asked = "'WHO@$qualify_domain' '${if match_domain{example.com}{+local_domains}}'"
    out, err = said(shell, f"%exim -C small -be {asked}")
    assert (out, err) == ("bob@example.com\ntrue\n", "")


def test_the_same_cell_shows_the_same(shell: InteractiveShell) -> None:
    assert shown(shell, CELL) == shown(shell, CELL)


def test_a_mistake_is_shown_at_its_line(shell: InteractiveShell) -> None:
    card = shown(shell, "%%eximconf\nqualify_domain = x.test\nqueue_onyl = true\n\n# end\n")
    assert card["text/plain"] == (
        '✕ cell, line 2: main option "queue_onyl" unknown\n'
        "    1 │ qualify_domain = x.test\n"
        "  ▸ 2 │ queue_onyl = true\n"
        "    3 │\n"
        "    4 │ # end\n"
        "  Did you mean queue_only?"
    )
    assert "queue_onyl = true" in card["text/html"] and "✕" in card["text/html"]


def test_a_mistake_in_a_driver_has_a_sentence_and_a_line(shell: InteractiveShell) -> None:
    text = shown(shell, "%%eximconf\nbegin routers\nr:\n  driver = redirect\n")["text/plain"]
    assert 'one of "file" or "data" must be specified' in text


def test_markup_in_a_cell_stays_text(shell: InteractiveShell) -> None:
    html = shown(shell, "%%eximconf\n<script>alert(1)</script>\n")["text/html"]
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("words", ["a b", "a /b c"])
def test_what_a_cell_takes(shell: InteractiveShell, words: str) -> None:
    with pytest.raises(UsageError, match="a name, or a host and a path"):
        shell.run_cell_magic("eximconf", words, "\n")


def test_without_a_lab_there_is_no_host(shell: InteractiveShell) -> None:
    with pytest.raises(UsageError, match="no lab runs"):
        shell.run_line_magic("exim", "--host mail.example.com -be x")


class TestOnAHost:
    """In a lab, paths are the host's, and so are name, clock and name servers."""

    @pytest.fixture
    def lab(self, shell: InteractiveShell) -> Iterator[Lab]:
        with Lab("two_companies") as lab:
            shell.user_ns["lab"] = lab
            lab.host("mail.example.com").files.write_text("/etc/aliases", "root: alice\n")
            yield lab

    def ask(self, shell: InteractiveShell, words: str) -> str:
        out, err = said(shell, f"%exim --host mail.example.com -C /etc/exim4/own.conf {words}")
        assert err == ""
        return "".join(each for each in out.splitlines(True) if not each.startswith("R: "))

    def write(self, shell: InteractiveShell, text: str) -> str:
        cell = f"%%eximconf mail.example.com /etc/exim4/own.conf\n{text}"
        return shown(shell, cell)["text/plain"]

    def test_a_cell_is_written_to_the_host(self, shell: InteractiveShell, lab: Lab) -> None:
        told = self.write(shell, "qualify_domain = example.com\n")
        assert told.startswith("✓ mail.example.com:/etc/exim4/own.conf: 1 option\n")
        assert lab.host("mail.example.com").cat("/etc/exim4/own.conf") == (
            "qualify_domain = example.com\n"
        )

    def test_one_with_a_mistake_is_not(self, shell: InteractiveShell, lab: Lab) -> None:
        assert "not written to mail.example.com" in self.write(shell, "nonsense\n")
        assert not lab.host("mail.example.com").files.exists("/etc/exim4/own.conf")

    def test_the_host_answers(self, shell: InteractiveShell, lab: Lab) -> None:
        self.write(shell, "qualify_domain = example.com\n")
        alias = "'${lookup{root}lsearch{/etc/aliases}}'"
        assert self.ask(shell, f"-be {alias} $primary_hostname") == "alice\nmail.example.com\n"
        assert self.ask(shell, "-be $sender_address") == "root@example.com\n"
        assert self.ask(shell, "-be '${lookup dnsdb{mx=ask.com}}'").endswith(" mail.ask.com\n")

    def test_time_is_the_labs(self, shell: InteractiveShell, lab: Lab) -> None:
        self.write(shell, "# nothing\n")
        assert self.ask(shell, "-be $tod_epoch") == f"{int(lab.clock.time())}\n"

    def test_nothing_outside_its_tree_is_seen(self, shell: InteractiveShell, lab: Lab) -> None:
        self.write(shell, "# nothing\n")
        here = lab.host("mail.example.com").cat("/etc/hostname")
        assert self.ask(shell, "-be '${readfile{/../../../../etc/hostname}}'") == f"{here}\n"
        assert self.ask(shell, "-be '${run{/bin/echo hello}} $runrc'") == " 127\n"
        assert str(lab.root) not in self.ask(shell, "-bP")

    def test_addresses_are_tested_by_the_hosts_own_configuration(
        self, shell: InteractiveShell, lab: Lab
    ) -> None:
        out, err = said(shell, "%exim --host mail.example.com -bt root bob@ask.com nosuch")
        assert err == "" and out.startswith("R: ")  # debug_print, as on a terminal
        assert "<-- root@example.com\n  router = local_user, transport = maildir_home\n" in out
        assert "  router = dnslookup, transport = remote_smtp\n  host mail.ask.com [128" in out
        assert "nosuch@example.com is undeliverable: Unrouteable address\n" in out

    def test_an_unknown_host_is_named_with_those_there_are(
        self, shell: InteractiveShell, lab: Lab
    ) -> None:
        with pytest.raises(UsageError, match=r"no host 'nowhere'; there are .*mail\.ask\.com"):
            shell.run_line_magic("exim", "--host nowhere -be x")


def test_the_words_load_nothing_until_they_are_asked_for() -> None:
    import labmail

    known: Any = labmail
    assert callable(known.load_ipython_extension)


class TestTheQueue:
    """What waits on a host of the lab, from a cell."""

    @pytest.fixture
    def lab(self, shell: InteractiveShell) -> Iterator[Lab]:
        with Lab("two_companies") as lab:
            shell.user_ns["lab"] = lab
            lab.down("mail.ask.com")
            yield lab

    def test_a_cell_is_handed_in(self, shell: InteractiveShell, lab: Lab) -> None:
        letter = "To: anna@example.com\nSubject: From a cell\n\nHello!\n"
        out, err = said(shell, f"%%exim --host mail.example.com --user alice -t\n{letter}")
        assert (out, err) == ("", "")
        lab.run()
        (mail,) = lab.user("anna@example.com").fetch()
        assert mail.subject == "From a cell"
        assert " U=alice P=local " in lab.host("mail.example.com").mainlog

    def test_it_is_listed_and_worked_on(self, shell: InteractiveShell, lab: Lab) -> None:
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
        (waiting,) = lab.host("mail.example.com").queue
        out, _ = said(shell, "%exim --host mail.example.com -bp")
        assert f" {waiting.id} <alice@example.com>\n          bob@ask.com\n" in out
        out, _ = said(shell, f"%exim --host mail.example.com -Mrm {waiting.id}")
        assert out == f"Message {waiting.id} has been removed\n"
        _, err = said(shell, "%exim --host mail.example.com --user alice -bp")
        assert err == "exim: permission denied\n"

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("%exim --host mail.example.com --user eve -bp", "no user 'eve'"),
            ("%exim --user alice -bp", "belongs to a host"),
            ("%exim --host mail.example.com --user", "needs the login"),
            ("%exim --host ns.example.com -bp", "no mail transport agent"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, shell: InteractiveShell, lab: Lab, line: str, told: str
    ) -> None:
        if "ns.example.com" in line:
            files = lab.host("ns.example.com").files
            files.write_text("/etc/exim4/exim4.conf", "primary_hostname = ns.example.com\n")
        with pytest.raises(UsageError, match=told):
            said(shell, line)


# ── %at ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def town() -> Iterator[Lab]:
    with Lab("two_companies", threads=False) as lab:
        lab.down("mail.ask.com")
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text="Noon?\n")
        yield lab


@pytest.fixture
def desk(shell: InteractiveShell, town: Lab) -> InteractiveShell:
    shell.user_ns.update(lab=town, first=town.host("mail.example.com").queue[0].id)
    return shell


def test_at_a_host_the_words_are_those_of_labmail_at(desk: InteractiveShell) -> None:
    assert said(desk, "%at mail.example.com exim -bpc") == ("1\n", "")
    out, err = said(desk, "%at mail.example.com exinext ask.com")
    assert "mail.ask.com [128.10.30.2]" in out and not err


def test_at_a_host_a_letter_can_be_named(desk: InteractiveShell) -> None:
    out, _ = said(desk, "%at mail.example.com exim -Mvb {first}")
    assert out.splitlines()[1:] == ["Noon?"] and out.startswith(desk.user_ns["first"])


def test_at_a_host_as_one_of_its_users(desk: InteractiveShell) -> None:
    out, err = said(desk, "%at mail.example.com --user alice mailq")
    assert (out, err) == ("", "exim: permission denied\n")
    with pytest.raises(UsageError, match="zoe"):
        desk.run_line_magic("at", "mail.example.com --user zoe mailq")


def test_at_a_host_a_cell_is_standard_input(desk: InteractiveShell) -> None:
    out, _ = said(desk, "%%at mail.example.com exim -be\n${primary_hostname}\n")
    assert "mail.example.com" in out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "needs a host and a command"),
        ("mail.example.com", "needs a host and a command"),
        ("mail.example.com --user", "needs the login"),
        ("mail.far.test mailq", "there is no host 'mail.far.test'"),
    ],
)
def test_at_a_host_what_is_missing(desk: InteractiveShell, line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        desk.run_line_magic("at", line)


def test_at_a_host_what_there_is_not(desk: InteractiveShell) -> None:
    _, err = said(desk, "%at mail.example.com postqueue -p")
    assert "not found on mail.example.com" in err and "mailq" in err
