"""What can be done with invoices: bring them in, read, confirm, put out of the wallet, spend on documents."""

from invoices.services.uses import Use, mark, may_know, release, rename, soften, use

__all__ = ["Use", "mark", "may_know", "release", "rename", "soften", "use"]
