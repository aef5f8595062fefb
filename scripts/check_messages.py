"""Every message of our code and templates has a Chinese translation, and every translation a message that uses it.

    python -m scripts.check_messages

Messages are found in the syntax tree of the Python files and by Django's own reading of the templates, so neither
gettext nor a database is needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from scripts.messages import ROOT, Key, merge

# Which argument is the context, which the message.
FUNCTIONS: dict[str, tuple[int | None, int]] = {
    "gettext": (None, 0),
    "gettext_lazy": (None, 0),
    "gettext_noop": (None, 0),
    "ngettext": (None, 0),
    "ngettext_lazy": (None, 0),
    "pgettext": (0, 1),
    "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
    "npgettext_lazy": (0, 1),
}
MODULE = "django.utils.translation"
LEFT_OUT = {"tests", "scripts", "bench", "node_modules", "var", "locale", "migrations"}

_STRING = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\({_STRING}(?:,\s*{_STRING})?")


@dataclass(frozen=True)
class Use:
    """A message and where it stands; `fault` when it can never be translated."""

    key: Key
    where: str
    fault: str = ""


def sources(suffix: str, root: Path = ROOT) -> Iterator[Path]:
    for path in sorted(root.rglob(f"*{suffix}")):
        inside = path.relative_to(root).parts
        if not any(part in LEFT_OUT or part.startswith(".") for part in inside[:-1]):
            yield path


def uses_in_python(text: str, name: str) -> Iterator[Use]:
    tree = ast.parse(text, filename=name)
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = _function(node.func, aliases)
        if function is None:
            continue
        where = f"{name}:{node.lineno}"
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args):
            yield Use(("", ""), where, "an f-string is put together before it can be translated; use %(name)s places")
            continue
        context_at, message_at = FUNCTIONS[function]
        message = _constant(node, message_at)
        context = "" if context_at is None else _constant(node, context_at)
        if message is not None and context is not None:
            yield Use((context, message), where)


def _aliases(tree: ast.AST) -> dict[str, str]:
    """Local name → gettext function, for `from django.utils.translation import gettext as _`."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == MODULE
        for alias in node.names
        if alias.name in FUNCTIONS
    }


def _function(node: ast.expr, aliases: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return aliases.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "translation":
        return node.attr if node.attr in FUNCTIONS else None
    return None


def _constant(call: ast.Call, position: int) -> str | None:
    if len(call.args) <= position:
        return None
    argument = call.args[position]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def uses_in_template(text: str, name: str) -> Iterator[Use]:
    for found in _IN_TEMPLATE.finditer(templatize(text, origin=name)):
        function, first, second = found.groups()
        # templatize doubles percent signs of plain text, as msgids are stored.
        values = [ast.literal_eval(text) for text in (first, second) if text]
        if function.lstrip("n").startswith("pgettext") and len(values) > 1:
            yield Use((values[0], values[1]), name)
        else:
            yield Use(("", values[0]), name)


def all_uses(root: Path = ROOT) -> Iterator[Use]:
    for path in sources(".py", root):
        yield from uses_in_python(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for suffix in (".html", ".txt", ".svg"):
        for path in sources(suffix, root):
            if "templates" in path.relative_to(root).parts:
                yield from uses_in_template(path.read_text(encoding="utf-8"), str(path.relative_to(root)))


def problems(root: Path = ROOT) -> list[str]:
    merged = merge(root / "locale_src")
    used: dict[Key, list[str]] = defaultdict(list)
    found = list(merged.problems)
    for use in all_uses(root):
        if use.fault:
            found.append(f"{use.where}: {use.fault}")
        elif use.key[1]:
            used[use.key].append(use.where)
    found += [
        f"{places[0]}: “{key[1]}” has no Chinese translation"
        for key, places in used.items()
        if key not in merged.entries
    ]
    found += [f"locale_src: “{key[1]}” is used nowhere" for key in merged.entries if key not in used]
    return found


if __name__ == "__main__":
    trouble = problems()
    print("\n".join(trouble))
    sys.exit(f"{len(trouble)} messages have to be mended." if trouble else 0)
