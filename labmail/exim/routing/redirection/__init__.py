"""What a redirect router reads: an alias's list, a .forward file, lists that they include.

    source    where the list is, and who may have written it
    reading   one text, taken apart into addresses, files, programs, and words such as :fail:
    ends      where one item ends and the next begins

Law: Exim specification, chapter 22.
"""
