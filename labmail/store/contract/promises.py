"""The promises themselves: one method each. The first words of each docstring are the promise."""

from __future__ import annotations

from labmail.message.outcome import Deferred, Delivered
from labmail.world import HostFiles, World

from ..base import MailboxBusy, NoSuchMessage, Store
from .case import BOB, CAROL, LUNCH, TEA, Case


class StoreContract:
    """Subclass it and say how the store is made."""

    def make(self, files: HostFiles, world: World) -> Store:
        """A new store object on the host's files. Called again for the same files, it must find
        what an earlier one has stored."""
        raise NotImplementedError

    def mailbox(self, recipient: str) -> str:
        """Where the letters of a recipient are kept: a path of the host's tree."""
        return f"/var/mail/{recipient.partition('@')[0]}"

    def as_kept(self, content: bytes) -> bytes:
        """What a reader gets for ``content``; a store that has to change letters says so here."""
        return content

    # ── what is put in comes out ─────────────────────────────────────────────────────────────────

    def test_a_mailbox_without_mail_is_empty(self, case: Case) -> None:
        """A mailbox that does not exist yet can be opened and has no messages."""
        assert case.contents() == [], "expected no messages in a new mailbox"

    def test_every_octet_comes_back(self, case: Case) -> None:
        """NUL, 8-bit octets, lone CRs, dots, long lines and empty lines are kept."""
        every = bytes(octet for octet in range(256) if octet not in b"\r\n")
        bodies = [
            every,
            b"a lone \r in a line",
            b".\r\n..\r\n.dot",
            b"x" * 100_000,
            b"\r\n\r\nempty lines\r\n\r\n",
        ]
        letters = [LUNCH + body + b"\r\n" for body in bodies]
        case.deliver(*letters)
        assert case.contents() == [case.contract.as_kept(letter) for letter in letters]

    def test_from_at_the_start_of_a_line_begins_no_letter(self, case: Case) -> None:
        """A body that quotes a mailbox file stays one letter."""
        letter = LUNCH + b"\r\nFrom eve@evil.test Mon Mar 02 09:00:00 2026\r\nSubject: forged\r\n"
        case.deliver(letter, TEA)
        assert case.contents() == [case.contract.as_kept(letter), TEA]

    def test_a_last_line_without_end_gets_one(self, case: Case) -> None:
        """What a reader is given always ends in CRLF, and nothing else is added."""
        case.deliver(LUNCH + b"no end", TEA)
        assert case.contents() == [LUNCH + b"no end\r\n", TEA]

    def test_a_header_alone_is_a_letter(self, case: Case) -> None:
        """A letter without body, and one without the empty line, come back as they were."""
        letters = [b"Subject: nothing\r\n\r\n", b"Subject: less\r\n"]
        case.deliver(*letters)
        assert case.contents() == letters

    def test_a_large_letter_comes_in_pieces(self, case: Case) -> None:
        """A reader need not hold a large letter in memory, and gets all of it."""
        letter = LUNCH + b"0123456789\r\n" * 100_000
        case.deliver(letter)
        with case.open() as maildrop:
            pieces = list(maildrop.chunks(1))
        assert b"".join(pieces) == letter
        assert max(map(len, pieces)) < len(letter), "expected several pieces, found one"

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    def test_letters_are_numbered_as_they_came(self, case: Case) -> None:
        """Numbers run from 1, in the order of delivery, over batches."""
        case.deliver(LUNCH, TEA)
        case.deliver(LUNCH + b"again\r\n")
        assert case.contents() == [LUNCH, TEA, LUNCH + b"again\r\n"]
        with case.open() as maildrop:
            assert [message.number for message in maildrop.messages] == [1, 2, 3]

    def test_sizes_are_octets_of_the_wire(self, case: Case) -> None:
        """``size`` is the exact length of what is read, CRLF line ends counted as two."""
        case.deliver(LUNCH, LUNCH + b"no end", LUNCH + b"\r\n" * 50)
        with case.open() as maildrop:
            for message in maildrop.messages:
                found = len(maildrop.read(message.number))
                assert message.size == found, f"{message}: read {found} octets"

    def test_a_number_out_of_range_is_refused(self, case: Case) -> None:
        """0 and one more than there are raise NoSuchMessage, and do no harm."""
        case.deliver(LUNCH)
        with case.open() as maildrop:
            for number in (0, -1, 2):
                assert _raises(NoSuchMessage, maildrop.read, number), f"message {number} was read"
                assert _raises(NoSuchMessage, maildrop.expunge, [number])
        assert case.contents() == [LUNCH]

    # ── unique ids ───────────────────────────────────────────────────────────────────────────────

    def test_the_unique_id_is_told_at_delivery(self, case: Case) -> None:
        """``Delivered.uid`` is the one that a maildrop lists."""
        told = case.uids(LUNCH, TEA) + case.uids(TEA, LUNCH)
        with case.open() as maildrop:
            assert [message.uid for message in maildrop.messages] == told

    def test_unique_ids_can_be_said_in_pop3(self, case: Case) -> None:
        """1 to 70 printable ASCII characters without spaces (RFC 1939 §7)."""
        for uid in case.uids(LUNCH, TEA):
            assert 1 <= len(uid) <= 70 and all("!" <= char <= "~" for char in uid), repr(uid)

    def test_twins_have_different_unique_ids(self, case: Case) -> None:
        """The same letter delivered twice at the same instant is two messages."""
        told = case.uids(LUNCH, LUNCH) + case.uids(LUNCH)
        assert len(set(told)) == 3, f"expected three different unique ids, found {told}"

    def test_unique_ids_last(self, case: Case) -> None:
        """They are the same in the next session, after a restart, and when others are removed."""
        told = case.uids(LUNCH, TEA, LUNCH + b"again\r\n")
        with case.open() as maildrop:
            maildrop.expunge([1])
        with case.open(store=case.again()) as maildrop:
            found = [message.uid for message in maildrop.messages]
        assert found == told[1:], f"expected {told[1:]}, found {found}"

    # ── batches ──────────────────────────────────────────────────────────────────────────────────

    def test_one_outcome_for_each_letter(self, case: Case) -> None:
        """A batch for several mailboxes is answered in its own order."""
        batch = [case.delivery(LUNCH), case.delivery(TEA, CAROL), case.delivery(TEA)]
        outcomes = case.store.deliver(batch)
        assert len(outcomes) == 3 and all(isinstance(o, Delivered) for o in outcomes), outcomes
        assert case.contents() == [LUNCH, TEA] and case.contents(CAROL) == [TEA]

    def test_an_empty_batch_is_nothing(self, case: Case) -> None:
        """It is answered with no outcomes."""
        assert case.store.deliver([]) == []

    def test_letters_survive_a_restart(self, case: Case) -> None:
        """Another store object on the same files finds them."""
        case.deliver(LUNCH)
        with case.open(store=case.again()) as maildrop:
            assert maildrop.read(1) == LUNCH

    # ── one reader, many writers ─────────────────────────────────────────────────────────────────

    def test_a_maildrop_is_for_one_reader(self, case: Case) -> None:
        """A second one is refused with MailboxBusy until the first has closed (RFC 1939 §4)."""
        case.deliver(LUNCH)
        others = (case.store, case.again())
        with case.open():
            for other in others:
                assert _raises(MailboxBusy, case.open, BOB, other), "expected MailboxBusy"
            case.open(CAROL).close()
        for other in others:
            case.open(store=other).close()

    def test_a_maildrop_is_a_snapshot(self, case: Case) -> None:
        """Mail that arrives meanwhile is not in it, disturbs nothing, and is there afterwards."""
        case.deliver(LUNCH, TEA)
        with case.open() as maildrop:
            case.deliver(TEA)
            assert len(maildrop.messages) == 2, "the snapshot has changed"
            assert [maildrop.read(1), maildrop.read(2)] == [LUNCH, TEA]
        assert case.contents() == [LUNCH, TEA, TEA]

    # ── removing ─────────────────────────────────────────────────────────────────────────────────

    def test_expunge_removes_these_and_no_others(self, case: Case) -> None:
        """In one go, from anywhere."""
        letters = [LUNCH + b"%d\r\n" % number for number in range(6)]
        case.deliver(*letters)
        with case.open() as maildrop:
            maildrop.expunge({1, 3, 6})
        assert case.contents() == [letters[1], letters[3], letters[4]]

    def test_expunge_spares_new_mail(self, case: Case) -> None:
        """What was delivered during the session stays, whatever is removed."""
        case.deliver(LUNCH, TEA)
        with case.open() as maildrop:
            case.deliver(LUNCH, TEA)
            maildrop.expunge([1, 2])
        assert case.contents() == [LUNCH, TEA]

    def test_without_expunge_nothing_goes(self, case: Case) -> None:
        """Reading and closing leave the mailbox as it was."""
        case.deliver(LUNCH)
        with case.open() as maildrop:
            maildrop.read(1)
            maildrop.expunge([])
        maildrop.close()
        assert case.contents() == [LUNCH]

    def test_an_emptied_mailbox_takes_mail(self, case: Case) -> None:
        """After everything was removed it is as good as new."""
        case.deliver(LUNCH)
        with case.open() as maildrop:
            maildrop.expunge([1])
        assert case.contents() == []
        case.deliver(TEA)
        assert case.contents() == [TEA]

    # ── a full disk ──────────────────────────────────────────────────────────────────────────────

    def test_a_full_disk_defers(self, case: Case) -> None:
        """The letter stays in the queue, nothing half remains, and later it goes."""
        case.deliver(LUNCH)
        case.world.disk.full = True
        outcomes = case.deliver(TEA, TEA)
        assert all(isinstance(outcome, Deferred) for outcome in outcomes), outcomes
        case.world.disk.full = False
        assert case.contents() == [LUNCH], "a letter that was deferred has left something behind"
        case.deliver(TEA)
        assert case.contents() == [LUNCH, TEA]

    def test_a_full_disk_can_be_read(self, case: Case) -> None:
        """A person can still fetch her mail when nothing can be written."""
        case.deliver(LUNCH)
        case.world.disk.full = True
        assert case.contents() == [LUNCH]


def _raises(kind: type[Exception], action: object, *args: object) -> bool:
    try:
        action(*args)  # type: ignore[operator]
    except kind:
        return True
    return False
