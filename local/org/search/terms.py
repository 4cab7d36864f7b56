"""What a search looks for: words, phrases and wildcards joined by AND, OR and AND NOT (SOSL guide, FIND). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ..wire.messages import OrgError
from . import facts

MAX_CHARACTERS = 10_000  # SOSL guide, syntax: a longer search finds nothing
MAX_CHARACTERS_WITH_OPERATORS = 4_000  # same table: in longer ones every operator counts as OR

type Tokens = list[str]
type Test = Callable[[Sequence[Tokens]], bool]
"""Says whether the fields of a record, each as its tokens, are what is looked for."""

_LEXEME = re.compile(
    r'\s*(?:(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<mark>[()])|(?P<word>(?:[^\s()"\\]|\\.)+)|(?P<other>\S))', re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TOKEN = re.compile(r"[^\W_]+")
_PATTERN_TOKEN = re.compile(r"[^\W_][\w*?]*")
_WILDCARD = "*?"


def tokens_of(text: str) -> Tokens:
    """Return the words of a text in small letters: what is between spaces and punctuation."""
    return [each.lower() for each in _TOKEN.findall(text)]


def parsed(text: str) -> Test:
    """Return the test of a search as SOSL writes it, without its braces; raise MALFORMED_SEARCH."""
    return _Parser(text).whole()


def plain(text: str) -> Test:
    """Return the test of a search without operators: every word, with wildcards."""
    _check_length(text)
    return _every([_term(each) for each in text.split()])


def _check_length(text: str) -> None:
    if sum(character.isalnum() for character in text) < 2:
        raise malformed(facts.SHORT_TERM.format(text=text) if text.strip() else facts.NO_TERM)


def malformed(message: str) -> OrgError:
    """Return the refusal of a search."""
    return OrgError("MALFORMED_SEARCH", message)


class _Parser:
    """Reads alternatives of conjunctions of terms, from the left."""

    def __init__(self, text: str) -> None:
        self._lexemes = [(str(each.lastgroup), each[str(each.lastgroup)]) for each in _LEXEME.finditer(text)]
        self._text, self._place = text, 0

    def whole(self) -> Test:
        _check_length(_ESCAPED.sub(r"\1", self._text))
        if len(self._text) > MAX_CHARACTERS:
            return lambda fields: False
        if len(self._text) > MAX_CHARACTERS_WITH_OPERATORS:
            return _any([_checked_term(text) for kind, text in self._lexemes if kind in ("word", "phrase")])
        test = self._alternatives()
        if self._place < len(self._lexemes):
            raise self._unexpected()
        return test

    def _alternatives(self) -> Test:
        tests = [self._conjunction()]
        while self._take("or"):
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else _any(tests)

    def _conjunction(self) -> Test:
        tests = [self._operand()]
        while self._place < len(self._lexemes) and not self._is_next("or") and not self._is_next(")"):
            joined = self._take("and")
            tests.append(_no(self._operand()) if joined and self._take("not") else self._operand())
        return _every(tests)

    def _operand(self) -> Test:
        if self._place == len(self._lexemes):
            raise malformed(facts.MALFORMED_TOKEN.format(token="<EOF>"))
        if self._take("("):
            test = self._alternatives()
            if not self._take(")"):
                raise self._unexpected()
            return test
        kind, text = self._lexemes[self._place]
        if kind not in ("word", "phrase"):
            raise self._unexpected()
        self._place += 1
        return _checked_term(text)

    def _is_next(self, what: str) -> bool:
        return self._place < len(self._lexemes) and self._lexemes[self._place][1].lower() == what

    def _take(self, what: str) -> bool:
        found = self._is_next(what)
        self._place += found
        return found

    def _unexpected(self) -> OrgError:
        token = self._lexemes[self._place][1] if self._place < len(self._lexemes) else "<EOF>"
        return malformed(facts.MALFORMED_TOKEN.format(token=token))


def _checked_term(text: str) -> Test:
    """Return the test of a word or phrase; raise MALFORMED_SEARCH for a reserved character that is not escaped."""
    inner = text.strip('"') if text.startswith('"') else text
    for character in _ESCAPED.sub("", inner):
        if character in facts.RESERVED and character not in _WILDCARD:
            raise malformed(facts.MALFORMED_TOKEN.format(token=character))
    return _term(_ESCAPED.sub(lambda found: " " if found[1] in _WILDCARD else found[1], inner))


def _term(text: str) -> Test:
    """Return the test of tokens that follow each other; of a number also as its digits alone, as phone fields have it."""
    patterns = [_regex(each) for each in _PATTERN_TOKEN.findall(text)]
    if not patterns:
        return lambda fields: True
    digits = "".join(filter(str.isdigit, text))
    alone = [re.compile(digits)] if digits and not re.search(r"[^\W\d]|[*?]", text) else []
    return lambda fields: any(_follow(field, patterns) or (alone and _follow(field, alone)) for field in fields)


def _regex(token: str) -> re.Pattern[str]:
    """Return the pattern of a token: * is any number of characters, ? is one."""
    escaped = re.escape(token.lower()).replace(r"\*", r"\w*").replace(r"\?", r"\w")
    return re.compile(escaped)


def _follow(tokens: Tokens, patterns: list[re.Pattern[str]]) -> bool:
    starts = range(len(tokens) - len(patterns) + 1)
    return any(all(p.fullmatch(tokens[start + step]) for step, p in enumerate(patterns)) for start in starts)


def _every(tests: Iterable[Test]) -> Test:
    known = list(tests)
    return lambda fields: all(test(fields) for test in known)


def _any(tests: Iterable[Test]) -> Test:
    known = list(tests)
    return lambda fields: any(test(fields) for test in known)


def _no(test: Test) -> Test:
    return lambda fields: not test(fields)
