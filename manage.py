#!/usr/bin/env python
"""Django's command line, for Reimburse."""

import os
import sys

OWNER_COMMANDS = {"migrate", "sqlmigrate", "sqlflush"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if sys.argv[1:2] and sys.argv[1] in OWNER_COMMANDS:
        # Tables belong to the owner role; everything else runs as the role that may not change them.
        os.environ["DATABASE_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
