"""The queue: every letter that this host has accepted and not yet delivered.

    queue     the letters, and what is done to them    listing   what an administrator sees
    thawing   what a queue run does with frozen ones   byhand    what an administrator does
    atwork    who works on which letter                alarm     when a letter is due
    running   a queue run                              wanted    which letters it is for
    rounds    runs that the daemon begins

Law: Exim specification, §3.14 (retry mechanism) and chapter 5 (-q, -M and their kin).
"""
