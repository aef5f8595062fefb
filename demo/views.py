"""Sample invoices for whoever is signed in, made out to her company, with new numbers each time."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from demo import samples
from directory import selectors as directory
from directory.viewer import viewer_of

NUMBERS = 2**32  # as many different sets of sample invoices


def invoices(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.localtime()
    posts = directory.posts_of(viewer, day=now.date())
    if not posts:
        raise Http404
    files = samples.ready_files(posts[0].company, at=now, traveller=viewer.name, seed=secrets.randbelow(NUMBERS))
    answer = HttpResponse(samples.as_zip(files), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="sample-invoices.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer
