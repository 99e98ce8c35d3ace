"""The administrator's languages: a configuration is read, a string is expanded, and it says why.

    config      reading a file: macros, .include, .ifdef, sections
    options     what can be set, and how it is printed
    lookups     lsearch and its kin, dsearch, dnsdb, databases: a file each
    expansion   ${…}: parser, variables, operators, items, conditions, lists

Nothing is imported here: ``labmail exim -be`` starts in the time of a few dozen modules, so each
asks for what it needs.
"""
