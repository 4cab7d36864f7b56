"""Rows are read as spreadsheets and programs write them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from causeway_client.cli.rows.files import Row, UnreadableFile, read_rows
from openpyxl import Workbook


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    file = written(tmp_path, "p.csv", f"name{delimiter}mail\nAda{delimiter}ada@example.com\n")
    assert read_rows(file) == [Row(2, {"name": "Ada", "mail": "ada@example.com"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "p.csv", "name\nGonçalves Köhler\n".encode(encoding))
    assert read_rows(file)[0].cells == {"name": "Gonçalves Köhler"}


def test_quotes_line_breaks_blank_lines_and_empty_cells(tmp_path: Path) -> None:
    file = written(tmp_path, "p.csv", '\nname,note,\n" Ada ","one, ""two""\nthree",x\n\n,  ,\nAlan,,\n')
    assert read_rows(file) == [Row(4, {"name": "Ada", "note": 'one, "two"\nthree'}), Row(7, {"name": "Alan"})]


def test_json_lines_keep_their_types_and_their_nulls(tmp_path: Path) -> None:
    file = written(tmp_path, "p.jsonl", '{"id": 1, "score": 0, "phone": null}\n\n{"id": 2}\n')
    assert read_rows(file) == [Row(1, {"id": 1, "score": 0, "phone": None}), Row(3, {"id": 2})]


def test_a_workbook_gives_dates_and_whole_numbers_as_json_knows_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("People")
    sheet.append([None, None])
    sheet.append(["id", "born", "seen", "score", "zip"])
    sheet.append([1.0, date(1990, 1, 2), datetime(2026, 1, 2, 3, 4), 1.5, "01069"])
    book.save(tmp_path / "p.xlsx")
    cells = {"id": 1, "born": "1990-01-02", "seen": "2026-01-02T03:04:00", "score": 1.5, "zip": "01069"}
    assert read_rows(tmp_path / "p.xlsx", "People") == [Row(3, cells)]
    with pytest.raises(UnreadableFile, match="no sheet 'Persons'; the workbook has: Sheet, People"):
        read_rows(tmp_path / "p.xlsx", "Persons")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("p.pdf", "x", "is not known"),
        ("p.jsonl", "{}\nno json", "Line 2 is no JSON"),
        ("p.jsonl", "[1]", "Line 1 is no JSON object"),
        ("p.xlsx", "no workbook", "no Excel workbook"),
        ("p.csv", "a,a\n1,2\n", "Two columns are named 'a'"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        read_rows(written(tmp_path, name, content))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="There is no file"):
        read_rows(tmp_path / "p.csv")
