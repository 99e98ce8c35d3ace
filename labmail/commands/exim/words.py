"""The words of Exim's command line: what each takes, and what labmail does with it.

Exim's language is that of sendmail, grown over forty years: one hyphen, then letters that belong
together (``-oMaa``), then data, sometimes joined on (``-DNAME=value``), sometimes in the next
argument (``-oMa 192.0.2.1``), sometimes either (``-f``). No library for options reads that, so it
is a table. The reader in `arguments`, ``--help`` and the documentation are made from it.

Law: Exim specification, chapter 5.
"""

from __future__ import annotations

from typing import NamedTuple

ALONE = "alone"
JOINED = "joined"
"""Data may be joined on."""
NEXT = "next"
"""Data is the next argument."""
EITHER = "either"
"""Data is joined on, or the next argument."""

WORKS, HEARD, LATER = "works", "heard", "later"
"""It does what it does in Exim; it is taken and has nothing to do here; it is not there yet."""


class Word(NamedTuple):
    """One option. ``data`` is what it is called in ``--help``; ``most`` is how long it may be."""

    name: str
    takes: str
    state: str
    help: str
    data: str = ""
    most: int = 0

    @property
    def usage(self) -> str:
        """How it is written: ``-C FILES``."""
        return f"{self.name} {self.data}" if self.takes in (NEXT, EITHER) else self.name + self.data


def _many(names: str, state: str, help: str, takes: str = ALONE, data: str = "") -> list[Word]:
    return [Word(name, takes, state, help, data) for name in names.split()]


ACTIONS = (
    Word("-be", ALONE, WORKS, "expand each argument, or each line of standard input"),
    Word("-bem", NEXT, WORKS, "the same for a message: its headers and body are known", "FILE"),
    Word("-bt", ALONE, WORKS, "show which way each address would go, and what it becomes"),
    Word("-bv", ALONE, WORKS, "say whether each address would be accepted as a recipient"),
    Word("-bvs", ALONE, WORKS, "the same, as a sender"),
    Word("-brt", ALONE, WORKS, "say which retry rule holds: address, other host, failure"),
    Word("-brw", ALONE, WORKS, "show what rewriting makes of each address"),
    Word("-bf", NEXT, WORKS, "say what a user's filter makes of the message that comes in", "FILE"),
    Word("-bF", NEXT, WORKS, "the same for a system filter", "FILE"),
    Word("-bm", ALONE, WORKS, "take a message for these recipients (so it is without an action)"),
    Word("-bs", ALONE, WORKS, "speak SMTP on standard input and output"),
    Word("-bS", ALONE, WORKS, "take messages from a file of SMTP commands"),
    Word("-q", JOINED, WORKS, "try what waits: -qf all, -qff frozen ones too", "[f[f]]"),
    *_many("-R", WORKS, "the same, for recipients with TEXT in them", EITHER, "TEXT"),
    *_many("-Rf -Rff -Rr -Rrf -Rrff", WORKS, "the same, forced; r: a pattern", NEXT, "TEXT"),
    *_many("-S", WORKS, "the same, for senders with TEXT in them", EITHER, "TEXT"),
    *_many("-Sf -Sff -Sr -Srf -Srff", WORKS, "the same, forced; r: a pattern", NEXT, "TEXT"),
    Word("-bp", ALONE, WORKS, "list what waits: all of it, or the messages with these ids"),
    Word("-bpa", ALONE, WORKS, "the same, with addresses that were made of others and are done"),
    Word("-bpc", ALONE, WORKS, "say how many messages wait"),
    *_many("-bpr -bpra -bpru", WORKS, "the same as -bp, -bpa, -bpu, in any order"),
    Word("-bpu", ALONE, WORKS, "the same as -bp, without recipients who have got it"),
    Word("-bq", ALONE, WORKS, "the same as -bp, which is its name in real Exim"),
    Word("-M", ALONE, WORKS, "try messages now, whatever the retry rules say", "IDS"),
    Word("-Mc", ALONE, WORKS, "try messages whose time has come", "IDS"),
    Word("-Mf", ALONE, WORKS, "freeze messages: queue runs pass them by", "IDS"),
    Word("-Mt", ALONE, WORKS, "thaw messages", "IDS"),
    Word("-Mg", ALONE, WORKS, "give messages up: their senders are told", "IDS"),
    Word("-Mrm", ALONE, WORKS, "remove messages: nobody is told", "IDS"),
    Word("-Mmad", ALONE, WORKS, "mark all recipients of messages as delivered", "IDS"),
    Word("-Mar", NEXT, WORKS, "add recipients to a message", "ID ADDRESSES"),
    Word("-Mmd", NEXT, WORKS, "mark recipients of a message as delivered", "ID ADDRESSES"),
    Word("-Mes", NEXT, WORKS, "change the sender of a message", "ID ADDRESS"),
    Word("-Mvh", NEXT, WORKS, "show the envelope and header of a message", "ID"),
    Word("-Mvb", NEXT, WORKS, "show its body", "ID"),
    Word("-Mvl", NEXT, WORKS, "show its log", "ID"),
    Word("-Mvc", NEXT, WORKS, "show it as it will go on", "ID"),
    Word("-bP", ALONE, WORKS, "print options, named lists, drivers or macros, by name or all"),
    Word("-bV", ALONE, WORKS, "read the configuration, say what is built in"),
    Word("--version", ALONE, WORKS, "the same as -bV"),
    Word("--help", ALONE, WORKS, "this text"),
)
"""What is to be done. One of these; a line with none of them says what labmail is."""

SETTINGS = (
    Word("-C", EITHER, WORKS, "the configuration: the first of these files that exists", "FILES"),
    Word("-D", JOINED, WORKS, "set a macro, whatever the configuration says", "NAME=VALUE"),
    Word("-d", JOINED, WORKS, "say on standard error what is read and computed", "+NAME-NAME"),
    Word("-dd", JOINED, WORKS, "the same as -d", "+NAME-NAME"),
    Word("-bfd", NEXT, WORKS, "with -bf, -bF: the recipient's domain", "DOMAIN"),
    Word("-bfl", NEXT, WORKS, "with -bf, -bF: the recipient's local part", "NAME"),
    Word("-bfp", NEXT, WORKS, "with -bf, -bF: what stands before the local part", "PREFIX"),
    Word("-bfs", NEXT, WORKS, "with -bf, -bF: what stands behind it", "SUFFIX"),
    Word("--sieve-extensions", ALONE, WORKS, "with -bf: reject, relational, imap4flags as well"),
    Word("-Mset", NEXT, WORKS, "with -be: a message that waits is known", "ID"),
    Word("-n", ALONE, WORKS, "with -bP: values only, no names"),
    Word("-t", ALONE, WORKS, "recipients are those of the headers"),
    Word("-ti", ALONE, WORKS, "the same as -t -i"),
    Word("-v", ALONE, WORKS, "with -bv: show every branch; with -bf: tell each condition"),
    Word("-i", ALONE, WORKS, "a line with a dot alone does not end the message"),
    Word("-oi", ALONE, WORKS, "the same as -i"),
    Word("-oitrue", ALONE, WORKS, "the same as -i"),
    *_many("-odb -odf -odi", WORKS, "deliver at once, even where queue_only is set"),
    *_many("-odq -odqs", WORKS, "only put it into the queue"),
    *_many("-oem -em", WORKS, "what goes wrong is told to the sender, by mail"),
    *_many("-oee -ee", WORKS, "the same, and the exit code is 0"),
    *_many("-oep -ep -oeq -eq -oew -ew", WORKS, "what goes wrong is told on standard error"),
)
"""How it is to be done."""

SENDER = (
    Word("-f", EITHER, WORKS, "$sender_address; <> for none", "ADDRESS", 1024),
    Word("-r", EITHER, WORKS, "the same as -f", "ADDRESS", 1024),
    Word("-F", EITHER, WORKS, "the sender's full name", "NAME", 256),
    Word("-oMa", NEXT, WORKS, "$sender_host_address, and $sender_host_port", "IP[.PORT]", 256),
    Word("-oMaa", NEXT, WORKS, "$sender_host_authenticated", "NAME", 64),
    Word("-oMai", NEXT, WORKS, "$authenticated_id", "ID", 256),
    Word("-oMas", NEXT, WORKS, "$authenticated_sender", "ADDRESS", 256),
    Word("-oMi", NEXT, WORKS, "$received_ip_address, and $received_port", "IP[.PORT]", 256),
    Word("-oMm", NEXT, HEARD, "the message that this one is about", "MESSAGE-ID"),
    Word("-oMr", NEXT, WORKS, "$received_protocol", "NAME", 64),
    Word("-oMs", NEXT, WORKS, "$sender_host_name", "NAME", 255),
    Word("-oMt", NEXT, WORKS, "$sender_ident", "NAME", 64),
)
"""Who sends, from where: what a remote host would have told."""

WITHOUT_EFFECT = (
    *_many("-Ac -Am -bnq -dropcr -E -G -m -N", HEARD, ""),
    *_many("-om -oo -oY -tls-on-connect", HEARD, ""),
    *_many("-U -x -oB -E -nn -ov -pd", HEARD, ""),
    *_many("-B -O -X -L -p -oA -oX -oP", HEARD, "", EITHER),
    *_many("-or -os", HEARD, "", EITHER),
    *_many("-h -oB -E -pd -ps -n", HEARD, "", JOINED),
)
"""Taken for the sake of programs that say them; nothing that labmail does depends on them."""

NOT_YET = (
    *_many("-bd -bdf -bw", LATER, "a daemon (a lab runs its own: labmail serve)"),
    *_many("-bh -bhc", LATER, "a dialogue as if from this host", NEXT, "IP"),
    *_many("-bi", LATER, "rebuild the alias file"),
    *_many("-bI:help -bI:dscp -bI:sieve", LATER, "facts about the program"),
    *_many("-bmalware", LATER, "try the virus scanner", NEXT, "FILE"),
    Word("-MG", NEXT, LATER, "move messages into a named queue", "QUEUE"),
    *_many("-z", LATER, "write a line into the log", EITHER, "TEXT"),
)
"""What the specification has and labmail has not, yet."""

WORDS = {
    (word.name, word.takes): word
    for word in (*ACTIONS, *SETTINGS, *SENDER, *WITHOUT_EFFECT, *NOT_YET)
}
EXACT = {word.name: word for word in WORDS.values() if word.takes != JOINED}
"""Options that are an argument of their own."""
JOINABLE = sorted(
    (word for word in WORDS.values() if word.takes in (JOINED, EITHER)),
    key=lambda word: -len(word.name),
)
"""Options whose data may be joined on, the longest name first."""
