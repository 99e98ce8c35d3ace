"""pipe: to a program of this host, which reads the letter from its standard input.

Which program, with which words and environment, is decided here; `labmail.world.programs` runs it,
and what its end means is decided here again::

    0                  delivered
    75, 73             later (temp_errors)
    any other          failed; 127 where it could not be started
    a signal           failed, or the letter is frozen (freeze_signal)
    too long           failed, or later (timeout_defer)

What it prints may be returned to the sender, and noted in the log.

The letter is given to it as it stands on the disk, behind a ``From`` line and before an empty one,
unless ``message_prefix`` and ``message_suffix`` say something else.

Law: Exim specification, chapter 29.

Try: ``|/usr/local/bin/count`` in a .forward file.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.text import EMPTY
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from ..letter import Letter
from ..told import octets, words
from .asking import Asked, Hindered
from .base import Assigned, Hands, Transport, written_address
from .batching import grouped, share
from .commandline import command_line
from .copies import copy, sender_of
from .writing import filtered, written

if TYPE_CHECKING:
    from labmail.world import Ran

NOT_STARTED = 127
MEANINGS = {
    64: "usage or syntax error",
    65: "error in input data",
    66: "input data missing",
    67: "user nonexistent",
    68: "host nonexistent",
    69: "service or program unavailable",
    70: "internal software error",
    71: "internal operating system error",
    72: "system file missing",
    73: "can't create output file",
    74: "input/output error",
    75: "temporary error",
    76: "protocol error",
    77: "permission denied",
    78: "configuration error",
    127: "unable to exec or command does not exist",
}
"""What exit codes mean by custom (sysexits.h)."""


class PipeTransport(Transport):
    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """One by one, unless several may share a run."""
        return grouped(self, assigned)

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        return await share(self, letter, body, batch, hands)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        line, argv = await self._command(asked, batch, hands)
        environment = await _environment(asked, letter, batch, hands)
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        content = await filtered(asked, content, batch, hands)
        ran = await hands.run(
            argv,
            await written(asked, content, batch, sender),
            environment=environment,
            folder=await self.folder(asked),
            patience=float(asked["timeout"]) or 1e9,
            most=asked["max_output"] or 1 << 20,
        )
        self._log(ran, batch, hands)
        return [self._outcome(ran, line, argv)] * len(batch)

    # ── which program ────────────────────────────────────────────────────────────────────────────

    async def _command(
        self, asked: Asked, batch: Sequence[Assigned], hands: Hands
    ) -> tuple[str, list[str]]:
        """The command as it was written, and the words that start it."""
        what, first = f"{self.name} transport", batch[0]
        given = octets(first.recipient.address[1:].lstrip()) if first.recipient.made else ""
        if given and not self["force_command"]:
            if first.address.text.tainted:
                why = f"Tainted '{given}' (command for {what}) not permitted"
                raise Hindered(Deferred(words(why), code="4.3.5"))
            numeric = getattr(first.address.deed, "numeric", None)
            asked.context.numeric = numeric or ()
            argv = await command_line(
                asked, given, what, batch, expanding=numeric is not None, for_good=True
            )
            line = given
        else:
            line = self["command"] or ""
            argv = await command_line(asked, line, what, batch, inner=given)
        if not argv:
            raise Hindered(Deferred(f"no command specified for {what}", code="4.3.5"))
        if self["use_shell"]:
            why = f"{what}: use_shell is set, and programs of this host get no shell"
            raise Hindered(Deferred(why, code="4.3.5"))
        await self._permit(asked, argv[0], line)
        return line, [await self._found(asked, argv[0], hands), *argv[1:]]

    async def _permit(self, asked: Asked, name: str, line: str) -> None:
        """Whether this program may be run. Raises `Hindered`."""
        listed = await asked.text("allow_commands")
        if listed is not None and name in map(words, split(listed.text)):
            return
        if self["restrict_to_path"]:
            if "/" in name:
                why = f'"/" found in "{words(line)}" (command for {self.name} transport)'
                raise Hindered(Failed(f"{why} - failed for security reasons", code="5.7.1"))
        elif self["allow_commands"] is not None:
            why = f'"{name}" command not permitted by {self.name} transport'
            raise Hindered(Failed(why, code="5.7.1"))

    async def _found(self, asked: Asked, name: str, hands: Hands) -> str:
        """A name without a slash at its head is looked for in ``path``."""
        if name.startswith("/"):
            return name
        for folder in (await asked.words("path")).split(":"):
            if await hands.disk(hands.programs.exists, f"{folder}/{name}"):
                return f"{folder}/{name}"
        why = f'"{name}" command not found for {self.name} transport'
        raise Hindered(Failed(why, code="5.3.5"))

    # ── how it went ──────────────────────────────────────────────────────────────────────────────

    def _log(self, ran: Ran, batch: Sequence[Assigned], hands: Hands) -> None:
        """The first line that it printed, where the log is to have it."""
        later = ran.status > 0 and self._is_temporary(ran.status)
        wanted = (
            self["log_output"]
            or (self["log_fail_output"] and ran.status and not later)
            or (self["log_defer_output"] and later)
        )
        lines = ran.output.decode("utf-8", "replace").split("\n")
        if wanted and ran.output:
            first = "".join(c if c.isprintable() else "?" for c in lines[0].rstrip())
            hands.log(
                f"<{batch[0].recipient.original.address}>: {self.name} transport output: {first}"
            )

    def _is_temporary(self, status: int) -> bool:
        listed = self["temp_errors"] or ""
        return listed == "*" or str(status) in split(listed)

    def _outcome(self, ran: Ran, line: str, argv: Sequence[str]) -> Outcome:
        if ran.timed_out:
            why = "pipe delivery process timed out"
            return Deferred(why) if self["timeout_defer"] else Failed(why, local=True)
        if ran.problem and self["freeze_exec_fail"]:
            return Deferred(f'pipe process failed to exec "{argv[0]}"', freeze=True)
        outcome = self._by_status(ran, line, argv)
        printed = ran.output if self._returns(outcome) else b""
        if printed and isinstance(outcome, Delivered):
            return Failed("return message generated", printed=printed)
        if isinstance(outcome, Failed):
            return Failed(outcome.why, printed=printed, local=True)
        return outcome

    def _by_status(self, ran: Ran, line: str, argv: Sequence[str]) -> Outcome:
        """What its exit status means."""
        taken = Delivered(argv[0])
        if ran.status == 0 or (self["ignore_status"] and not ran.timed_out):
            return taken
        name = f"Child process of {self.name} transport"
        if ran.status < 0:
            command = f'(running command "{words(line)}")'
            why = f"{name} {command} was terminated by signal {_signal(-ran.status)}"
            return Deferred(why, freeze=True) if self["freeze_signal"] else Failed(why)
        why = f"{name} returned {ran.status}{_meaning(ran.status)} from command: {argv[0]}"
        return Deferred(why) if self._is_temporary(ran.status) else Failed(why)

    def _returns(self, outcome: Outcome) -> bool:
        """Whether the sender is told what it printed."""
        failed = isinstance(outcome, Failed)
        return bool(self["return_output"] or (failed and self["return_fail_output"]))


def _signal(number: int) -> str:
    name = signal.strsignal(number) if number < signal.NSIG else None
    return f"{number} ({name or f'Unknown signal {number}'})"


def _meaning(status: int) -> str:
    """
    >>> _meaning(75), _meaning(3)
    (' (could mean temporary error)', '')
    """
    if status in MEANINGS:
        return f" (could mean {MEANINGS[status]})"
    if status > 128:
        return f" (could mean shell command ended by signal {_signal(status - 128)})"
    return ""


async def _environment(
    asked: Asked, letter: Letter, batch: Sequence[Assigned], hands: Hands
) -> dict[str, str]:
    """What the program is told besides the letter."""
    known = {name: words(text.text) for name, text in asked.context.variables.items() if text.text}
    local_part = known.get("local_part", "NULL")  # of several addresses Exim says this
    several = len(batch) > 1
    domain = known.get("domain", "")
    told = {
        "LOCAL_PART": local_part,
        "LOGNAME": local_part,
        "USER": local_part,
        "LOCAL_PART_PREFIX": known.get("local_part_prefix", ""),
        "LOCAL_PART_SUFFIX": known.get("local_part_suffix", ""),
        "DOMAIN": domain,
        "HOME": known.get("home", ""),
        "MESSAGE_ID": letter.id,
        "PATH": await asked.words("path"),
        "RECIPIENT": f"@{domain}" if several else _recipient(batch[0], asked),
        "QUALIFY_DOMAIN": hands.sender_domain,
        "SENDER": letter.sender,
        "SHELL": "/bin/sh",
    }
    if batch[0].hosts:
        told["HOST"] = batch[0].hosts[0].name
    option, transport = asked["environment"] or "", asked.block.name
    failing = f'failed to expand string "{option}" for {transport} transport: '
    given = await asked.expanded(option, failing.__add__, 0) or EMPTY
    for item in split(given.text):
        name, equals, value = words(item).partition("=")
        if equals:
            told[name] = value
    return told


def _recipient(each: Assigned, asked: Asked) -> str:
    """The whole address, affixes included; of a program, that of the one who named it."""
    if each.recipient.made and each.recipient.parent is not None:
        return each.recipient.parent.address
    return written_address(each, asked, affixes=True)
