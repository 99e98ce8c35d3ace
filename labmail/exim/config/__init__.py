"""Reading a configuration file: what is written there, and nothing about what it means.

Nothing is imported here, so that whoever needs a kind of value does not pay for the reader.
"""
