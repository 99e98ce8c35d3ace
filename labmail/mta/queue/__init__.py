"""The queue: every letter that this host has accepted and not yet delivered.

    queue     who works on which letter, and when      listing   what an administrator sees
    thawing   what a queue run does with frozen ones   byhand    what an administrator does

Law: Exim specification, §3.14 (retry mechanism) and chapter 5 (-q, -M and their kin).
"""
