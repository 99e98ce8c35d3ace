r"""appendfile: into a mailbox of this host.

Three shapes of mailbox::

    file = /var/mail/$local_part_data         an mbox: letters one behind the other
    directory = $home/Maildir, and
    maildir_format                            a Maildir: a file for each letter, in new, cur and tmp
    directory = /srv/letters                  a folder, whose files are named by ``directory_file``

Which one, and what the copy looks like, is decided here; the message store or the delivery agent
writes it. An mbox or a Maildir of the ordinary kind is the store's own format, and its letters can
be fetched by POP3; other prefixes, suffixes or escapes are written as they are asked for.

In ``file`` and ``directory``, ``$local_part_data`` is the login of /etc/passwd, ``$home`` its home
directory, ``$local_part`` and ``$domain`` the address. A login comes from a trusted file, a local
part from a stranger: so a path with a stranger's words in it is refused.

Law: Exim specification, chapter 26.

Try: ``transports.make(configuration.transports[0])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from labmail.exim.options.transports.appendfile import FROM_LINE
from labmail.message.outcome import Delivered, Outcome, Signs
from labmail.store import Delivery, Locking, Manner

from ..letter import Letter
from . import maildirsize, mailstore
from .asking import Asked, Hindered, hinder
from .base import Assigned, Hands, Transport
from .batching import share
from .copies import Copy, copy, sender_of
from .folders import into_folder, not_made
from .paths import Place, mailbox, may_be_made, recognised
from .quota import Quota, check, needs_measuring, quota_of, room_for, warn
from .rights import check_owner, check_write
from .writing import filtered, written

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.world import HostFiles

MOST_OCTETS = 16 * 1024 * 1024
"""How much is handed to a store at once: copies for many people are not all held in memory."""
COUNTED = ("quota", "quota_warn_threshold", "maildir_use_size_file")
"""Options for which it matters what is in the mailbox already."""
ORDINARY = {
    "message_prefix": FROM_LINE,
    "message_suffix": "\n",
    "check_string": "From ",
    "escape_string": ">From ",
}
"""How the message store writes an mbox."""


class AppendfileTransport(Transport):
    @property
    def kind(self) -> str:  # type: ignore[override]
        """The kind of store that it writes to; "" for a folder that is none."""
        if self["maildir_format"]:
            return "maildir"
        return "mbox" if self["directory"] is None else ""

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """As many addresses as can be held in memory at once."""
        count = max(1, min(100, MOST_OCTETS // max(letter.size, 1)))
        whole = list(assigned)
        return [whole[at : at + count] for at in range(0, len(whole), count)]

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        counted = any(self[name] for name in COUNTED)
        return await share(self, letter, body, batch, hands, in_order=counted)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        place = await mailbox(asked, batch[0])
        other = await hands.disk(look_at, asked, batch[0], place, hands)
        if other is not None and other.name != self.name:
            writer = AppendfileTransport(other)
            asked = writer.asked(batch, hands)
            outcomes = await writer.fill(asked, place, letter, body, batch, hands)
            return [replace(each, signs=Signs(transport=other.name)) for each in outcomes]
        return await self.fill(asked, place, letter, body, batch, hands)

    async def fill(
        self,
        asked: Asked,
        place: Place,
        letter: Letter,
        body: bytes,
        batch: Sequence[Assigned],
        hands: Hands,
    ) -> list[Outcome]:
        """Adds the copy to a mailbox. Raises `Hindered`."""
        for option in ("mbx_format", "use_mbx_lock"):
            if self[option]:
                raise hinder(f"{self.name} transport: {option} is not done by this host")
        asked.where = f" while writing to {place.path}"
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        content = await filtered(asked, content, batch, hands)
        outcome = await self._write(asked, content, batch, sender, place, hands)
        if isinstance(outcome, Delivered) and asked["quota_warn_threshold"] is not None:
            await warn(asked, place, len(content.whole), batch, hands)
        return [outcome] * len(batch)

    async def _write(
        self,
        asked: Asked,
        content: Copy,
        batch: Sequence[Assigned],
        sender: str,
        place: Place,
        hands: Hands,
    ) -> Outcome:
        quota = await quota_of(asked)
        ordinary = place.kind != "folder" and self._is_ordinary(place, content)
        own = None if ordinary else await written(asked, content, batch, sender)
        new = len(content.whole) if own is None else len(own)
        if needs_measuring(asked, place, quota):
            file = place.path if place.kind == "mbox" else f"{place.path}/temp.{self.name}"
            await check(asked, place, quota, new, file, hands)
            quota = Quota()
        if place.kind == "folder" and self["mailstore_format"]:
            pair = await mailstore.envelope(asked, batch, sender), own or b""
            return await mailstore.put(asked, place.path, pair, hands)
        if place.kind == "folder":
            return await into_folder(asked, own or b"", place.path, hands)
        manner = await self._manner(asked, batch[0], place, own, quota)
        address = batch[0].recipient.address
        delivery = Delivery(content.whole, sender, address, place.path, manner)
        if place.kind == "maildir":
            return await self._into_maildir(asked, delivery, quota, hands)
        (outcome,) = await hands.store(place.kind, [delivery])
        return outcome

    async def _into_maildir(
        self, asked: Asked, delivery: Delivery, quota: Quota, hands: Hands
    ) -> Outcome:
        """A Maildir, with the file that says how large it is."""
        path, sized = delivery.mailbox, await asked.switch("maildir_use_size_file")
        if sized:
            delivery = await self._sized(delivery, quota, hands)
        (outcome,) = await hands.store("maildir", [delivery])
        if isinstance(outcome, Delivered):
            pattern = self["maildirfolder_create_regex"]
            if pattern:
                await hands.disk(maildirsize.mark_folder, hands.files, path, pattern)
            if sized:
                size = await hands.disk(size_of_file, hands.files, outcome.file or path)
                await hands.disk(maildirsize.added, hands.files, path, size)
        return outcome

    async def _sized(self, delivery: Delivery, quota: Quota, hands: Hands) -> Delivery:
        """Looks into the file that says how large a Maildir is. Raises `Hindered`."""
        path, counts = delivery.mailbox, self["maildir_quota_directory_regex"]
        try:
            if self["create_directory"]:
                await hands.disk(hands.files.mkdir, path, self["directory_mode"])
            new = len(delivery.octets)
            held = await hands.disk(maildirsize.taken_up, hands.files, path, quota, counts, new)
        except OSError as error:
            raise Hindered(not_made(error, f"{path}/{maildirsize.NAME}")) from None
        room_for(delivery.manner, f"tmp/{self.name}", *held, new)
        unlimited = replace(delivery.manner, most_octets=0, most_letters=0)
        return replace(delivery, manner=unlimited)

    def _is_ordinary(self, place: Place, content: Copy) -> bool:
        """Whether the store would write it as it is asked for."""
        if self["use_bsmtp"] or self["use_crlf"] or not content.top:
            return False
        wanted = ORDINARY if place.kind == "mbox" else dict.fromkeys(ORDINARY)
        return all((self[name] or None) == value for name, value in wanted.items())

    async def _manner(
        self, asked: Asked, assigned: Assigned, place: Place, entry: bytes | None, quota: Quota
    ) -> Manner:
        mode = getattr(assigned.address.deed, "mode", None)  # ``save /home/bob/x 0640``
        return Manner(
            mode=mode or self["mode"],
            narrower=not self["mode_fail_narrower"],
            forced=mode is not None,
            folder_mode=self["directory_mode"],
            make_folder=self["create_directory"],
            entry=entry,
            tag=tag_of(await asked.words("maildir_tag")) if place.kind == "maildir" else "",
            most_octets=quota.octets,
            most_letters=quota.letters,
            inclusive=self["quota_is_inclusive"],
            locking=self._locking,
        )

    @cached_property
    def _locking(self) -> Locking:
        return Locking(
            file=self["use_lockfile"],
            fcntl=self["use_fcntl_lock"],
            flock=self["use_flock_lock"],
            tries=self["lock_retries"],
            pause=float(self["lock_interval"]),
            fcntl_wait=float(self["lock_fcntl_timeout"]),
            flock_wait=float(self["lock_flock_timeout"]),
            file_mode=self["lockfile_mode"],
            file_timeout=float(self["lockfile_timeout"]),
        )


def look_at(asked: Asked, assigned: Assigned, place: Place, hands: Hands) -> Block | None:
    """Whether the mailbox may be used as it is; and the transport that it is for, by the way it
    begins, where that may be another one (`recognised`). Blocks; raises `Hindered`."""
    may_be_made(hands.files, asked, place)
    check_write(asked, assigned, place.path)
    check_owner(asked, assigned, place.path)
    return recognised(hands.files, asked, place, hands.configuration)


def tag_of(text: str) -> str:
    """What is added to a file's name in a Maildir: no slashes, and a colon in front of what could
    be taken for a part of the name itself.

    >>> tag_of(",S=20"), tag_of("/x"), tag_of(":2,S")
    (',S=20', ':x', ':2,S')
    """
    kept = "".join(c for c in text if c.isprintable()).lstrip("/")
    return f":{kept}" if kept[:1].isalnum() else kept


def size_of_file(files: HostFiles, path: str) -> int:
    """Octets of a letter's file. Blocks."""
    return files.real(path).stat().st_size
