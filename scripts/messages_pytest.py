"""pytest plugin: tests see today's translations. A fault in them fails its own test, not all the others."""

import os
import warnings

import pytest

from scripts import messages


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or not messages.is_stale():
        return
    merged = messages.merge()
    if merged.problems:
        warnings.warn(f"Translations are not up to date: {merged.problems[0]}", stacklevel=1)
    messages.write(merged.entries)
