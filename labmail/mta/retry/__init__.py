"""Retry: what failed, when it is tried again, and when it is time to give up.

    retry      the rules              hints       what is remembered of hosts and addresses
    patience   … asked about one      hintsfile   … and on disk
               address of a letter

Law: RFC 5321 §4.5.4.1; Exim specification, chapter 32 (retry configuration).
"""
