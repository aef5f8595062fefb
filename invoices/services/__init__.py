"""What can be done with invoices: bring them in, read, confirm, put out of the wallet, spend on documents."""

from invoices.services.uses import Use, mark, release, soften, use

__all__ = ["Use", "mark", "release", "soften", "use"]
