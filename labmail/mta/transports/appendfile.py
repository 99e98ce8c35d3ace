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

import os
from collections.abc import Sequence
from contextlib import suppress

from labmail.exim.options.transports.appendfile import FROM_LINE
from labmail.exim.text import Text
from labmail.mda import folder
from labmail.message.outcome import Deferred, Delivered, Outcome
from labmail.store import Delivery, Manner, deferred

from ..letter import Letter
from .asking import Asked, Hindered, hinder
from .base import Assigned, Hands, Transport
from .batching import share
from .copies import Copy, copy, sender_of
from .paths import Place, mailbox, may_be_made
from .quota import limits, warn
from .rights import check_write
from .writing import filtered, written

MOST_OCTETS = 16 * 1024 * 1024
"""How much is handed to a store at once: copies for many people are not all held in memory."""
ORDINARY = {
    "message_prefix": FROM_LINE,
    "message_suffix": "\n",
    "check_string": "From ",
    "escape_string": ">From ",
}
"""How the message store writes an mbox."""
NOT_HERE = ("mbx_format", "mailstore_format")


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
        return await share(self, letter, body, batch, hands)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        for option in NOT_HERE:
            if self[option]:
                raise hinder(f"{self.name} transport: {option} is not written by this host")
        place = await mailbox(asked, batch[0])
        await hands.disk(may_be_made, hands.files, asked, place)
        await hands.disk(check_write, asked, batch[0], place.path)
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
        if place.kind == "folder":
            entry = await written(asked, content, batch, sender)
            return await self._into_folder(asked, entry, place, hands)
        ordinary = self._is_ordinary(place, content)
        own = None if ordinary else await written(asked, content, batch, sender)
        manner = await self._manner(asked, batch[0], place, own)
        address = batch[0].recipient.address
        delivery = Delivery(content.whole, sender, address, place.path, manner)
        (outcome,) = await hands.store(place.kind, [delivery])
        return outcome

    def _is_ordinary(self, place: Place, content: Copy) -> bool:
        """Whether the store would write it as it is asked for."""
        if self["use_bsmtp"] or self["use_crlf"] or not content.top:
            return False
        wanted = ORDINARY if place.kind == "mbox" else dict.fromkeys(ORDINARY)
        return all((self[name] or None) == value for name, value in wanted.items())

    async def _manner(
        self, asked: Asked, assigned: Assigned, place: Place, entry: bytes | None
    ) -> Manner:
        mode = getattr(assigned.address.deed, "mode", None)  # ``save /home/bob/x 0640``
        octets_allowed, letters_allowed = await limits(asked)
        return Manner(
            mode=mode or self["mode"],
            folder_mode=self["directory_mode"],
            make_folder=self["create_directory"],
            entry=entry,
            tag=await asked.words("maildir_tag") if place.kind == "maildir" else "",
            most_octets=octets_allowed,
            most_letters=letters_allowed,
            inclusive=self["quota_is_inclusive"],
            lock_tries=self["lock_retries"],
            lock_pause=float(self["lock_interval"]),
        )

    async def _into_folder(
        self, asked: Asked, content: bytes, place: Place, hands: Hands
    ) -> Outcome:
        """A file of its own, whose name is known when it is there."""
        known = asked.context.variables
        make = self["directory_mode"] if self["create_directory"] else None
        new = f"temp.{known['message_exim_id'].text}.{hands.next_number()}.{hands.hostname}"
        try:
            draft = await hands.disk(
                folder.begin, hands.files, place.path, new, content, self["mode"], make
            )
        except OSError as error:
            return _not_made(error, f"{place.path}/{new}")
        try:
            known["inode"] = Text(str(draft.inode))
            name = await asked.words("directory_file")
            await hands.disk(folder.finish, hands.files, draft, name)
        except Hindered:
            await hands.disk(folder.give_up, hands.files, draft)
            raise
        except OSError as error:
            with suppress(OSError):
                await hands.disk(folder.give_up, hands.files, draft)
            return deferred(error, place.path)
        path = f"{place.path}/{name}"
        return Delivered(path, file=path)


def _not_made(error: OSError, path: str) -> Deferred:
    words = error.strerror or os.strerror(error.errno or 0)
    return Deferred(f"{words}: while creating file {path}", error.errno or 0, code="4.3.0")
