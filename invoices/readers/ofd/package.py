"""The parts of an OFD and how they find each other. Paths inside count from the part that names them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from invoices.readers import errors, limits, text
from invoices.readers.limits import Archive, local

ENTRY = "OFD.xml"
MAX_ATTACHMENTS = 20
MAX_NUMBER = 1e6
A4 = (0.0, 0.0, 210.0, 297.0)

Rectangle = tuple[float, float, float, float]  # x, y, width, height in millimetres


@dataclass
class Resources:
    """Fonts, pictures and drawing parameters by their id."""

    fonts: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)  # id → path of the part
    draw_params: dict[str, etree._Element] = field(default_factory=dict)


@dataclass(frozen=True)
class PagePart:
    page_id: str
    path: str
    root: etree._Element


class Document:
    """The first document of an OFD. Raises BadOfd, and whatever its zip and its XML raise."""

    def __init__(self, content: bytes) -> None:
        self.archive = Archive(content)
        self.entry = self._part(ENTRY)
        self.body = child(self.entry, "DocBody")
        location = child_text(self.body, "DocRoot")
        if not location:
            raise errors.BadOfd(part="DocRoot")
        self.path = limits.normal(location)
        self.root = self._part(self.path)
        self.common = child(self.root, "CommonData")

    def _part(self, path: str, *, lenient: bool = False) -> etree._Element:
        if path not in self.archive:
            raise errors.BadOfd(part=path[:80])
        try:
            return limits.parse_xml(self.archive.read(path), lenient=lenient)
        except errors.BadXml as error:
            raise errors.BadOfd(part=path[:80]) from error

    def optional_part(self, path: str, *, lenient: bool = False) -> etree._Element | None:
        """A part that may be missing or broken without making the invoice unreadable."""
        try:
            return self._part(path, lenient=lenient)
        except errors.BadOfd:
            return None

    def resolve(self, origin: str, location: str) -> str:
        """The path of a part named in another; some producers count from the document's folder instead."""
        if location.startswith("/"):
            return limits.normal(location)
        beside = posixpath.join(posixpath.dirname(origin), location)
        if beside in self.archive:
            return beside
        return posixpath.join(posixpath.dirname(self.path), location)

    @cached_property
    def pages(self) -> list[PagePart]:
        found = []
        for page in children(child(self.root, "Pages"), "Page"):
            path = self.resolve(self.path, page.get("BaseLoc", ""))
            found.append(PagePart(page.get("ID", ""), path, self._part(path)))
            if len(found) > limits.MAX_PAGES:
                raise errors.TooManyPages(pages=f"> {limits.MAX_PAGES}", limit=limits.MAX_PAGES)
        if not found:
            raise errors.BadOfd(part="Pages")
        return found

    @cached_property
    def templates(self) -> dict[str, PagePart]:
        found = {}
        for template in children(self.common, "TemplatePage"):
            path = self.resolve(self.path, template.get("BaseLoc", ""))
            root = self.optional_part(path)
            if root is not None:
                found[template.get("ID", "")] = PagePart(template.get("ID", ""), path, root)
        return found

    @cached_property
    def resources(self) -> Resources:
        resources = Resources()
        for kind in ("PublicRes", "DocumentRes"):
            for reference in children(self.common, kind):
                path = self.resolve(self.path, (reference.text or "").strip())
                root = self.optional_part(path)
                if root is not None:
                    self._take_resources(resources, path, root)
        return resources

    def _take_resources(self, resources: Resources, path: str, root: etree._Element) -> None:
        folder = posixpath.join(posixpath.dirname(path), root.get("BaseLoc", ""))
        for element in root.iter():
            identity = element.get("ID", "")
            if local(element) == "Font":
                resources.fonts[identity] = element.get("FontName", "")
            elif local(element) == "MultiMedia":
                file = child_text(element, "MediaFile")
                place = posixpath.join(folder, file)
                resources.media[identity] = place if place in self.archive else self.resolve(path, file)
            elif local(element) == "DrawParam":
                resources.draw_params[identity] = element

    def page_box(self, page: PagePart) -> Rectangle:
        """The page's own size beats its template's, and that the document's (297 mm for many a sheet of 140 mm)."""
        for root in (page.root, *(part.root for part in self.templates_of(page))):
            if box := rectangle(child_text(child(root, "Area"), "PhysicalBox")):
                return box
        return rectangle(child_text(child(self.common, "PageArea"), "PhysicalBox")) or A4

    def templates_of(self, page: PagePart, order: str = "") -> list[PagePart]:
        return [
            self.templates[reference.get("TemplateID", "")]
            for reference in children(page.root, "Template")
            if reference.get("TemplateID", "") in self.templates
            and (not order or reference.get("ZOrder", "Background") == order)
        ]

    def custom_datas(self) -> dict[str, str]:
        """Name → value of the document's own data."""
        datas = child(child(self.body, "DocInfo"), "CustomDatas")
        return {
            "".join((data.get("Name") or "").split()): text.clean(data.text) for data in children(datas, "CustomData")
        }

    def attachments(self) -> Iterator[tuple[str, bytes]]:
        """Attached files by path: those the list names, and any other in a folder for attachments."""
        paths = [path for path in self.archive.names() if "/attachs/" in f"/{path.lower()}"]
        location = child_text(self.root, "Attachments")
        if location:
            origin = self.resolve(self.path, location)
            root = self.optional_part(origin)
            for element in root.iter() if root is not None else ():
                if local(element) == "FileLoc" and element.text:
                    paths.insert(0, self.resolve(origin, element.text.strip()))
        for path in list(dict.fromkeys(paths))[:MAX_ATTACHMENTS]:
            if path in self.archive and path.lower().endswith(".xml"):
                yield path, self.archive.read(path)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(children(element, name)), None)


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else [inner for inner in element if local(inner) == name]


def child_text(element: etree._Element | None, name: str) -> str:
    found = child(element, name)
    return "" if found is None else (found.text or "").strip()


def numbers(raw: str | None) -> list[float]:
    """Figures between white space; anything else, and any no page could hold, gives none."""
    try:
        found = [float(part) for part in (raw or "").split()]
    except ValueError:
        return []
    return found if all(abs(number) < MAX_NUMBER for number in found) else []  # not for NaN either


def rectangle(raw: str | None) -> Rectangle | None:
    parts = numbers(raw)
    if len(parts) != 4 or parts[2] <= 0 or parts[3] <= 0:
        return None
    return parts[0], parts[1], parts[2], parts[3]
