"""The parts that pages are put together from."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory


class Form(forms.Form):
    amount = forms.DecimalField(label="金额", help_text="含税", widget=forms.TextInput)
    kind = forms.ChoiceField(label="类型", choices=[("travel", "差旅")])
    again = forms.BooleanField(label="记住", required=False)


def field(form: forms.Form, name: str) -> str:
    return Template("{% load ui %}{% field bound %}").render(Context({"bound": form[name]}))


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    form = Form({"amount": "1,36o.00", "kind": "travel"})
    assert not form.is_valid()
    shown = field(form, "amount")
    assert '<label class="form-label" for="id_amount">' in shown
    described = re.search(r'aria-describedby="([^"]+)"', shown)
    assert described
    assert all(f'id="{name}"' in shown for name in described[1].split())
    assert 'aria-invalid="true"' in shown
    assert "is-invalid" in shown
    assert 'value="1,36o.00"' in shown  # what was typed is still there


@pytest.mark.parametrize(
    ("name", "css"), [("amount", "form-control"), ("kind", "form-select"), ("again", "form-check-input")]
)
def test_each_kind_of_input_has_its_look(name: str, css: str) -> None:
    assert f'class="{css}"' in field(Form(), name)


def test_an_empty_place_says_what_it_is_for_and_has_one_button() -> None:
    words = {"picture": "receipt", "title": "票夹还是空的", "text": "放进来", "href": "/wallet/", "button": "上传"}
    shown = render_to_string("parts/empty.html", words)
    assert shown.count("<a ") == 1
    assert 'class="btn btn-primary" href="/wallet/"' in shown
    assert "data-is" not in shown
    assert 'data-is="error"' in render_to_string("parts/empty.html", words | {"state": "error"})
    assert "<a " not in render_to_string("parts/empty.html", words | {"href": ""})


def test_the_pager_keeps_the_filter_and_escapes_the_cursor() -> None:
    shown = render_to_string("parts/pager.html", {"next": "a+b&c", "query": "status=waiting"})
    assert 'href="?status=waiting&amp;after=a%2Bb%26c"' in shown
    assert render_to_string("parts/pager.html", {"next": ""}).strip() == ""


def test_a_quiet_action_says_first_what_will_happen() -> None:
    words = {"label": "撤回这张单据", "text": "预算会释放。", "action": "/documents/1/withdraw/", "version": 3}
    shown = render_to_string("parts/confirm.html", words, RequestFactory().get("/"))
    assert 'method="post" action="/documents/1/withdraw/"' in shown
    assert "csrfmiddlewaretoken" in shown
    assert 'name="version" value="3"' in shown
    assert shown.index("预算会释放。") < shown.index('type="submit"')


def test_trouble_is_announced_at_once_and_stays_good_news_is_polite() -> None:
    bad = render_to_string("parts/toast.html", {"tone": "error", "text": "不行", "sentences": ["一", "二"]})
    good = render_to_string("parts/toast.html", {"tone": "success", "text": "好了"})
    assert 'role="alert"' in bad
    assert "data-dismiss" in bad
    assert bad.count("bx-toast-line") == 2
    assert "alert" not in good
