"""Translations: areas are merged without contradiction, and nothing that people read is left in English only."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from scripts import check_messages, messages

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def write(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.po").write_text(HEADER + body, encoding="utf-8")


def test_every_message_of_the_product_has_a_chinese_translation_and_none_is_left_over() -> None:
    assert check_messages.problems() == []


def test_the_merged_catalogue_is_what_gettext_reads(tmp_path: Path) -> None:
    write(tmp_path, "a", 'msgid "Voucher"\nmsgstr "凭证"\n\nmsgctxt "verb"\nmsgid "Post"\nmsgstr "过账"\n')
    write(tmp_path, "b", 'msgid "%(n)s file"\nmsgid_plural "%(n)s files"\nmsgstr[0] "%(n)s 个文件"\n')
    merged = messages.merge(tmp_path)
    assert merged.problems == []
    messages.write(merged.entries, tmp_path / "mo" / "django.mo")
    with (tmp_path / "mo" / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Voucher") == "凭证"
    assert catalogue.pgettext("verb", "Post") == "过账"
    assert catalogue.ngettext("%(n)s file", "%(n)s files", 1) == "%(n)s 个文件"


def test_the_same_word_in_two_areas_is_fine_but_two_translations_are_not(tmp_path: Path) -> None:
    write(tmp_path, "a", 'msgid "Budget"\nmsgstr "预算"\n')
    write(tmp_path, "b", 'msgid "Budget"\nmsgstr "预算"\n')
    assert messages.merge(tmp_path).problems == []
    write(tmp_path, "c", 'msgid "Budget"\nmsgstr "额度"\n')
    (problem,) = messages.merge(tmp_path).problems
    assert "“Budget” is translated in two ways: 预算 (a.po) and 额度" in problem


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('msgid "Budget"\nmsgstr ""\n', "has no translation"),
        ('#, fuzzy\nmsgid "Budget"\nmsgstr "预算"\n', "has no translation, or one marked fuzzy"),
        ('msgid "%(n)s left"\nmsgstr "还剩"\n', "leaves out a place"),
        ('msgid "%(n)s left"\nmsgstr "还剩 %(m)s %(n)s"\n', "names a place"),
    ],
)
def test_a_translation_that_would_fail_on_the_page_is_refused(tmp_path: Path, body: str, fault: str) -> None:
    write(tmp_path, "a", body)
    assert any(fault in problem for problem in messages.merge(tmp_path).problems)


PYTHON = """
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy

title = gettext_lazy(
    "Expense claim "
    "of %(name)s"
)
verb = pgettext_lazy("verb", "Post")
def page(n):
    _ = 3 if n is None else _
    return _("Submit"), ngettext("%(n)s line", "%(n)s lines", n), translation.gettext("Home"), other("not a message")
"""


def test_messages_are_found_in_python_however_the_function_is_called() -> None:
    found = {use.key for use in check_messages.uses_in_python(PYTHON, "x.py")}
    assert found == {
        ("", "Expense claim of %(name)s"),
        ("verb", "Post"),
        ("", "Submit"),
        ("", "%(n)s line"),
        ("", "Home"),
    }


def test_a_message_put_together_before_translation_is_a_fault() -> None:
    source = 'from django.utils.translation import gettext as _\n_(f"Hello {name}")\n'
    (use,) = check_messages.uses_in_python(source, "x.py")
    assert "f-string" in use.fault


TEMPLATE = """{% load i18n %}<h1>{% translate "Claims" %}</h1> {% translate "Post" context "verb" %}
{% blocktranslate trimmed count n=lines %}
  {{ n }} line
{% plural %}
  {{ n }} lines
{% endblocktranslate %}
{% include "x.html" with title=_("Title") %} {{ name|default:_("nobody") }} {% translate "100% paid" %}
{# translate "not this" #}{% comment %}{% translate "nor this" %}{% endcomment %}"""


def test_messages_are_found_in_templates() -> None:
    found = {use.key for use in check_messages.uses_in_template(TEMPLATE, "x.html")}
    assert found == {
        ("", "Claims"),
        ("verb", "Post"),
        ("", "%(n)s line"),
        ("", "Title"),
        ("", "nobody"),
        ("", "100%% paid"),
    }


def test_missing_and_left_over_translations_are_both_named(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text(
        "from django.utils.translation import gettext as _\n_('Submit')\n", encoding="utf-8"
    )
    write(tmp_path / "locale_src", "app", 'msgid "Withdraw"\nmsgstr "撤回"\n')
    assert check_messages.problems(tmp_path) == [
        "app/views.py:2: “Submit” has no Chinese translation",
        "locale_src: “Withdraw” is used nowhere",
    ]
