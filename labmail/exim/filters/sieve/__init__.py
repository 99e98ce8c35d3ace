"""Sieve: the filter language that all mail systems share, as far as Exim speaks it.

    # Sieve filter
    require ["fileinto"];
    if header :contains "subject" "urgent" {
      fileinto "urgent";
    } elsif size :over 1M {
      discard;
    }

    words      white space, comments, strings, numbers
    reading    from text to a tree: commands; testing: what stands behind `if`
    tree       what the tree is made of
    matching   :is, :contains, :matches, and the comparators
    extending  reject, relational, imap4flags: only where the caller allows them
    running    the tree, for a letter, into deeds

Exim's Sieve has the core and copy, encoded-character, envelope, fileinto, subaddress, vacation and
comparator-i;ascii-numeric. It refuses reject, relational, imap4flags, enotify (where it is not set
up) and all the rest with "unknown capability", and so does this one, unless whoever calls allows
the first three: ``Allowed(sieve=EXTENSIONS)``, ``labmail exim -bf FILE --sieve-extensions``.

Law: RFC 5228, RFC 3894 (copy), RFC 5230 (vacation), RFC 5233 (subaddress); "Exim's interfaces to
mail filtering", chapter 2.
"""

from __future__ import annotations

from .extending import EXTENSIONS
from .running import SieveOutcome, run_sieve

__all__ = ["EXTENSIONS", "SieveOutcome", "run_sieve"]
