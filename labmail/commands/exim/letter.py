"""The letter of ``-bem``: a file that is taken for one that a local user has just handed in.

Its headers and its body are there for strings to ask for. As for every letter that is handed in,
what is missing is added (Message-Id, From, Date), a line ``From bob …`` of old mailboxes names
the sender, and a line with a dot alone ends it, unless ``-i`` says otherwise.

Law: Exim specification, §5.3, -bem; chapter 47 (message processing).
"""

from __future__ import annotations
