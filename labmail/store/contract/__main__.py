"""Puts the stores of this package to the test: ``python -m labmail.store.contract``."""

from . import MaildirContract, MboxContract, check

if __name__ == "__main__":
    for contract in (MboxContract(), MaildirContract()):
        print(f"{type(contract).__name__}: {check(contract) or 'keeps every promise'}")
