"""A search: what to look for in which fields, and what to answer of each sObject; read from SOSL (SOSL guide, syntax). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..wire.messages import OrgError
from . import facts
from .terms import Test, malformed, parsed

GROUPS = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
MOST_RECORDS = 2_000  # SOSL guide, LIMIT: the default and the most, from API version 28.0 on
HARMLESS = re.compile(
    r"WITH\s+(?:SPELL_CORRECTION|HIGHLIGHT|METADATA)\b|UPDATE\s+(?:TRACKING|VIEWSTAT)\b", re.IGNORECASE
)
UNSUPPORTED = re.compile(r"WITH\s+([A-Za-z_]+)", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\s*([A-Za-z_]\w*)")
_CLAUSE = re.compile(r"'(?:[^'\\]|\\.)*'|\(|\)|\b(?:WHERE|ORDER\s+BY|LIMIT|OFFSET|USING)\b", re.IGNORECASE)
_STRING_OR_MARK = re.compile(r"'(?:[^'\\]|\\.)*'|[()]")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a search answers of one sObject: fields, and the clauses behind them, as SOQL has them."""

    sobject: str
    fields: str = "Id"
    clauses: str = ""

    @property
    def statement(self) -> str:
        """Return the SOQL statement of it."""
        return f"SELECT {self.fields} FROM {self.sobject} {self.clauses}".rstrip()


@dataclass(slots=True)
class Search:
    """One search; without `returned` it answers the Ids of every sObject."""

    test: Test
    group: str = "ALL"
    returned: list[Returned] = field(default_factory=list)
    most: int = MOST_RECORDS


def read(statement: str) -> Search:
    """Return the search of a SOSL statement; raise MALFORMED_SEARCH."""
    return _Reader(statement).search()


class _Reader:
    """Reads a statement from its beginning."""

    def __init__(self, statement: str) -> None:
        self._text, self._at = statement, 0

    def search(self) -> Search:
        if not self._keyword("FIND"):
            raise self._refusal()
        search = Search(parsed(self._braced()))
        if self._keyword("IN"):
            search.group = self._group()
        if self._keyword("RETURNING"):
            search.returned = self._returned()
        self._harmless()
        if self._keyword("LIMIT"):
            search.most = min(self._number(), MOST_RECORDS)
        self._harmless()
        self._skip_space()
        if self._at < len(self._text):
            raise self._refusal()
        return search

    def _braced(self) -> str:
        found = re.compile(r"\s*\{((?:[^}\\]|\\.)*)\}", re.DOTALL).match(self._text, self._at)
        if found is None:
            raise malformed(facts.NO_TERM)
        self._at = found.end()
        return found[1]

    def _group(self) -> str:
        group = self._next_word()
        if group.upper() not in GROUPS:
            raise self._refusal()
        self._at += len(group)
        if not self._keyword("FIELDS"):
            raise self._refusal()
        return group.upper()

    def _returned(self) -> list[Returned]:
        returned = [self._one_returned()]
        while self._text[self._at : self._at + 1] == ",":
            self._at += 1
            returned.append(self._one_returned())
        return returned

    def _one_returned(self) -> Returned:
        name = self._next_word()
        if not name:
            raise self._refusal()
        self._at += len(name)
        self._skip_space()
        if self._text[self._at : self._at + 1] != "(":
            return Returned(name)
        fields, clauses = self._split(self._parenthesized())
        self._skip_space()
        return Returned(name, fields, clauses)

    def _parenthesized(self) -> str:
        """Return what is between the parentheses that begin here."""
        depth, begin = 0, self._at + 1
        for found in _STRING_OR_MARK.finditer(self._text, self._at):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if depth == 0:
                self._at = found.end()
                return self._text[begin : found.start()]
        self._at = len(self._text)
        raise self._refusal()

    def _split(self, body: str) -> tuple[str, str]:
        """Return fields and clauses; a list view filters nothing here, so it is refused."""
        depth = 0
        for found in _CLAUSE.finditer(body):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if depth == 0 and found[0][0] not in "')":
                if found[0].upper() == "USING":
                    raise OrgError("FUNCTIONALITY_NOT_ENABLED", "USING ListView is not simulated")
                body, clauses = body[: found.start()], body[found.start() :]
                break
        else:
            clauses = ""
        if not body.strip():
            raise self._refusal()
        return body.strip(), clauses.strip()

    def _harmless(self) -> None:
        """Pass over what changes no answer; raise FUNCTIONALITY_NOT_ENABLED for a WITH that would."""
        self._skip_space()
        while found := HARMLESS.match(self._text, self._at):
            self._at = found.end()
            value = re.compile(r"\s*=\s*(?:true|false)", re.IGNORECASE).match(self._text, self._at)
            self._at = value.end() if value else self._at
            self._skip_space()
        unsupported = UNSUPPORTED.match(self._text, self._at)
        if unsupported:
            raise OrgError("FUNCTIONALITY_NOT_ENABLED", f"WITH {unsupported[1].upper()} is not simulated")

    def _number(self) -> int:
        self._skip_space()
        found = re.compile(r"[0-9]+").match(self._text, self._at)
        if found is None or int(found[0]) < 1:
            raise self._refusal()
        self._at = found.end()
        return int(found[0])

    def _keyword(self, word: str) -> bool:
        found = self._next_word().upper() == word
        self._at += len(word) if found else 0
        return found

    def _next_word(self) -> str:
        self._skip_space()
        found = _WORD.match(self._text, self._at)
        return found[1] if found else ""

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _refusal(self) -> OrgError:
        """Return MALFORMED_SEARCH with the place, as Salesforce writes it."""
        self._skip_space()
        token = self._next_word() or self._text[self._at : self._at + 1] or "<EOF>"
        row, column = self._text.count("\n", 0, self._at) + 1, self._at - (self._text.rfind("\n", 0, self._at) + 1)
        reason = facts.MALFORMED_TOKEN.format(token=token)
        return malformed(f"\n{self._text}\n{' ' * (column - 1)}^\nERROR at Row:{row}:Column:{column}\n{reason}")
