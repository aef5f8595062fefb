"""File formats in which vouchers are handed to an ERP, by the name the export keeps."""

from __future__ import annotations

from collections.abc import Mapping

from vouchers.exporters.base import Exporter
from vouchers.exporters.csv import CsvExporter
from vouchers.exporters.xlsx import XlsxExporter

FORMATS: Mapping[str, Exporter] = {"xlsx": XlsxExporter(), "csv": CsvExporter()}

__all__ = ["FORMATS", "Exporter"]
