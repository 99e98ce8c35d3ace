"""Reading a configuration file: what is written there, and nothing about what it means.

    source          lines of files: .include, .ifdef, macros, comments, continuation
    reader          the main section, named lists
    sections        drivers, ACLs, rewriting and retry rules
    configuration   what comes of it
    kinds           the kinds of values
    vocabulary      what the reader asks: which words there are
    mistakes        how Exim tells what is wrong

Law: Exim specification, chapter 6.
"""

from labmail.exim.config.configuration import Block, Configuration, NamedList
from labmail.exim.config.mistakes import DriverError, Unplaced, report
from labmail.exim.config.reader import read
from labmail.exim.config.vocabulary import Vocabulary

__all__ = [
    "Block",
    "Configuration",
    "DriverError",
    "NamedList",
    "Unplaced",
    "Vocabulary",
    "read",
    "report",
]
