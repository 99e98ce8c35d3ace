"""Both engines, the same random sentences: where do they differ?

    world             the files and the configuration that every sentence is spoken in
    words             values of each kind: numbers, addresses, lists, JSON, patterns …
    speech            one sentence: what was said so far, and how deep
    items             ${extract …}, ${map …}, ${lookup …}
    operators         ${lc:…}, ${substr_2_3:…}
    conditions        eq{}{}, match{}{}, forany{}{}
    lists             domain, host, address and local-part lists
    settings          options of every kind, from labmail's own tables
    configurations    whole configuration files, asked with -bP and -bV
    routing           chains of routers, asked with -bt and -bv
    redirection       alias files, forward files and filters, asked in the same way
    hosts             chains of routers that ask the DNS, in a network of their own
    slips             sentences with a slip of the pen
    engines           a thousand sentences to one program, and what each was answered
    shrinking         the shortest sentence that still differs
    report            the differences, each with a command that repeats it; the table by feature

Grammar is a table: a feature is a function beside its siblings. Sentences come from a seed, and the
feature that was said least often is said next, so that a run of 10,000 says each a hundred times.

Run: ``make fuzz-parity N=10000``, or ``python -m tests.parity.fuzz 10000 --seed 7``.
"""
