"""What can be done with invoices: bring them in, read, confirm, put out of the wallet, spend on documents."""

from invoices.services.confirm import confirm, remove
from invoices.services.read import read_now, read_upload
from invoices.services.receive import receive
from invoices.services.storing import refuse, store
from invoices.services.uses import Use, mark, may_know, release, rename, soften, use

__all__ = [
    "Use",
    "confirm",
    "mark",
    "may_know",
    "read_now",
    "read_upload",
    "receive",
    "refuse",
    "release",
    "remove",
    "rename",
    "soften",
    "store",
    "use",
]
