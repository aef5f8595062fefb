"""Static files of npm packages: the listed ones are served, the other 98 MB of node_modules are not."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core import checks
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NpmFinder(BaseFinder):
    """Finds what `settings.NPM_FILES` lists: prefix in our addresses → (folder, files below it)."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.shelves: list[tuple[str, FileSystemStorage, list[str]]] = []
        for prefix, (folder, files) in settings.NPM_FILES.items():
            storage = FileSystemStorage(location=folder)
            storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic reads it
            self.shelves.append((prefix, storage, files))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for _prefix, storage, files in self.shelves:
            for name in files:
                yield name, storage

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        for prefix, storage, files in self.shelves:
            name = path.removeprefix(prefix + "/")
            if name != path and name in files and Path(found := storage.path(name)).exists():
                return [found] if find_all or kwargs.get("all") else found
        return []


def _mentions_source_map(pattern: str | tuple[str, str]) -> bool:
    return "sourceMappingURL" in (pattern if isinstance(pattern, str) else pattern[0])


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; a library that names a source map which we do not ship is no error."""

    patterns = tuple(
        (extension, tuple(pattern for pattern in patterns if not _mentions_source_map(pattern)))
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )
