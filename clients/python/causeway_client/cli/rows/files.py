"""Read rows from a CSV, JSON Lines or Excel file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

DELIMITERS = ",;\t|"


class UnreadableFile(ValueError):
    """A file cannot be read as rows; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line or row number that a person sees, and its cells by column; empty cells are left out."""

    number: int
    cells: Mapping[str, Any]


def read_rows(path: Path, sheet: str | None = None) -> list[Row]:
    """Return the rows of a file by its ending: .csv, .tsv, .txt, .jsonl, .ndjson or .xlsx; raise UnreadableFile."""
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}.")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return list(_csv_rows(_text(path)))
    if ending in (".jsonl", ".ndjson"):
        return list(_json_rows(_text(path)))
    if ending in (".xlsx", ".xlsm"):
        return list(_excel_rows(path, sheet))
    raise UnreadableFile(f"A file named {ending or 'without an ending'} is not known: give .csv, .jsonl or .xlsx.")


def _text(path: Path) -> str:
    """Return a file's text: UTF-8 or UTF-16 by its mark, UTF-8, or else as Windows programs write it."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv_rows(text: str) -> Iterator[Row]:
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells)
            else:
                yield Row(reader.line_num, _cells(header, cells))
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} is no CSV: {error}.") from None


def _json_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise UnreadableFile(f"Line {number} is no JSON: {error}.") from None
        if not isinstance(value, dict):
            raise UnreadableFile(f"Line {number} is no JSON object.")
        yield Row(number, value)


def _excel_rows(path: Path, sheet: str | None) -> Iterator[Row]:
    from openpyxl import load_workbook  # half a second that only this kind of file costs
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise UnreadableFile(f"{path} is no Excel workbook: {error}.") from None
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UnreadableFile(f"There is no sheet {sheet!r}; the workbook has: {', '.join(book.sheetnames)}.")
        header: list[str] = []
        for number, cells in enumerate(book[sheet or book.sheetnames[0]].iter_rows(values_only=True), start=1):
            if all(_is_empty(cell) for cell in cells):
                continue
            if not header:
                header = _header(["" if cell is None else str(cell) for cell in cells])
            else:
                yield Row(number, _cells(header, [_excel_value(cell) for cell in cells]))
    finally:
        book.close()


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    named = [name for name in names if name]
    repeated = sorted({name for name in named if named.count(name) > 1})
    if repeated:
        raise UnreadableFile(f"Two columns are named {repeated[0]!r}. Rename one.")
    return names


def _cells(header: list[str], cells: list[Any]) -> dict[str, Any]:
    stripped = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    return {name: cell for name, cell in zip(header, stripped, strict=False) if name and not _is_empty(cell)}


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _excel_value(cell: Any) -> Any:
    """Return a cell as JSON knows it: midnight is a date, and a whole number has no fraction."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
