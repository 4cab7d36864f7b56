"""CSV as the Bulk API 2.0 reads and writes it: delimiters, line endings, quoting (Bulk API 2.0 guide, prepare CSV files)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from ..wire.messages import OrgError
from . import facts

DELIMITERS = {"COMMA": ",", "BACKQUOTE": "`", "CARET": "^", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
MAX_FIELD_CHARACTERS = 131_072  # Bulk API limits
MAX_HEADER_CHARACTERS = 32_000  # Bulk API limits

csv.field_size_limit(MAX_FIELD_CHARACTERS)

type CsvRow = list[str]


class CsvFormat:
    """The delimiter and line ending of one job."""

    def __init__(self, delimiter: str = "COMMA", line_ending: str = "LF") -> None:
        if delimiter not in DELIMITERS:
            raise invalid_job(f"columnDelimiter is one of {', '.join(DELIMITERS)}")
        if line_ending not in LINE_ENDINGS:
            raise invalid_job(f"lineEnding is one of {', '.join(LINE_ENDINGS)}")
        self.delimiter, self.line_ending = delimiter, line_ending

    def written(self, rows: Iterable[Sequence[str]]) -> str:
        """Return rows as text; every value is quoted, as Salesforce does."""
        target = io.StringIO()
        writer = csv.writer(
            target,
            delimiter=DELIMITERS[self.delimiter],
            lineterminator=LINE_ENDINGS[self.line_ending],
            quoting=csv.QUOTE_ALL,
        )
        writer.writerows(rows)
        return target.getvalue()

    def read(self, text: str) -> list[CsvRow]:
        """
        Return the rows of a text, header first, without empty lines; raise INVALIDBATCH for text that is not CSV.

        Line ends must be those of the job, also within quotes (as clients of the API found).
        """
        if ("\r\n" in text) if self.line_ending == "LF" else ("\n" in text.replace("\r\n", "")):
            raise OrgError(facts.BULK_INVALID_FILE[0], facts.BULK_WRONG_LINE_ENDS.format(name=self.line_ending))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter], strict=True)
        if len(text.partition(LINE_ENDINGS[self.line_ending])[0]) > MAX_HEADER_CHARACTERS:
            raise invalid_file(f"The header is longer than {MAX_HEADER_CHARACTERS} characters")
        try:
            return [row for row in reader if row]
        except csv.Error as error:
            raise invalid_file(f"Failed to parse CSV: {error}") from error


def invalid_job(reason: str) -> OrgError:
    """Return the refusal of a job's description."""
    code, message = facts.BULK_INVALID_JOB
    return OrgError(code, message.format(reason=reason))


def invalid_file(reason: str) -> OrgError:
    """Return the refusal of a job's data as a whole."""
    code, message = facts.BULK_INVALID_FILE
    return OrgError(code, message.format(reason=reason))


def cell(value: Any) -> str:
    """Return a value as query results write it: null is empty, datetimes end in Z, checkboxes are true or false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.removesuffix("+0000") + "Z" if _is_datetime(text) else text


def _is_datetime(text: str) -> bool:
    return len(text) == 28 and text.endswith("+0000") and text[10] == "T"
