"""``update-exim4.conf`` on a host of the lab: the answers and the tree become a configuration.

As on Debian, the file that Exim reads is written anew only if it can be read; the daemon goes on by
what it has read until it is told to read again.

Law: update-exim4.conf(8).

Try: ``lab.host("mail.ask.com").update_exim4_conf()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.debian import AnswersError, CannotGenerate, Source, generate
from labmail.exim.debian.checked import NAME, complaint, refused
from labmail.exim.debian.generate import OUTPUT
from labmail.exim.debian.hostname import full_name
from labmail.mta.surroundings import HostTree

if TYPE_CHECKING:
    from labmail.world import HostFiles


def source_on(files: HostFiles) -> Source:
    """The answers and the tree of a host."""
    tree = HostTree(files)
    return Source(tree, fqdn=full_name(tree))


def update(files: HostFiles) -> str:
    """Does what the command does, and gives what it says: nothing, if all is well."""
    source = source_on(files)
    try:
        made = generate(source)
    except (AnswersError, CannotGenerate, OSError) as error:
        return f"{NAME}: {error}\n"
    said = [f"{NAME}: {warning}" for warning in made.warnings]
    wrong = complaint(source, made.answers)
    if wrong:
        said.append(refused(OUTPUT, wrong))
    else:
        files.write_text(OUTPUT, made.text.encode("latin-1").decode("utf-8", "surrogateescape"))
    return "".join(f"{line}\n" for line in said)
