"""A place in a list of tokens, and the names, literals and expressions that every part of SOQL's grammar shares."""

from __future__ import annotations

import re

from local.org.soql.language.date_literals import is_period
from local.org.soql.language.errors import malformed, unexpected
from local.org.soql.language.syntax import Distance, Expression, Function, Literal, Name
from local.org.soql.parsing.lexer import KEYWORDS_ALSO_NAMES, Token, tokens_of
from local.org.soql.parsing.string_literals import like_pattern, unquoted
from local.org.wire.messages import OrgError

_CURRENCY = re.compile(r"[A-Za-z]{3}[0-9]+\.*[0-9]*")
_PLAIN_STRINGS = re.compile(r"'([^'\\\n]*)'")
_WHOLE_LITERALS = frozenset({"date", "datetime", "time"})


class Cursor:
    """Reads tokens one after another; what does not fit raises MALFORMED_QUERY and names the token."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self._tokens = tokens_of(statement)
        self._position = 0
        self.kind = self._tokens[0].kind

    @property
    def token(self) -> Token:
        """Return the next token."""
        return self._tokens[self._position]

    def kind_ahead(self, distance: int) -> str:
        """Return the kind of a token further on; past the last it is `eof`."""
        index = self._position + distance
        return self._tokens[index].kind if index < len(self._tokens) else "eof"

    def take(self) -> Token:
        """Return the next token and move past it."""
        token = self._tokens[self._position]
        if token.kind != "eof":
            self._position += 1
            self.kind = self._tokens[self._position].kind
        return token

    def accept(self, kind: str) -> bool:
        """Move past the next token if it is of that kind, and say whether it was."""
        if self.kind != kind:
            return False
        self.take()
        return True

    def expect(self, *kinds: str) -> Token:
        """Return the next token, which must be of these kinds one after another; return the last of them."""
        token = self.token
        for kind in kinds:
            if self.kind != kind:
                raise self.refusal()
            token = self.take()
        return token

    def refusal(self) -> OrgError:
        """Return the refusal of the next token."""
        if self.kind == ":":
            return malformed("Bind variables only allowed in Apex code")
        return unexpected(self.token.text)

    # Names and expressions.

    @property
    def at_name(self) -> bool:
        """Say whether the next token can be a name."""
        return is_name(self.kind)

    def word(self) -> Token:
        """Return the next token, which must be able to be a name."""
        if not is_name(self.kind):
            raise self.refusal()
        return self.take()

    def name(self) -> Name:
        """Return a field or sObject name."""
        token = self.word()
        return Name(tuple(token.text.split(".")), token.at)

    def field(self) -> Name | Function:
        """Return a field, or a function of a field, or a function of a function of a field; deeper is not SOQL."""
        token = self.word()
        if not self.accept("("):
            return Name(tuple(token.text.split(".")), token.at)
        inner = self.word()
        argument: Name | Function = Name(tuple(inner.text.split(".")), inner.at)
        if self.accept("("):
            argument = Function(inner.text, self.name(), inner.at)
            self.expect(")")
        self.expect(")")
        return Function(token.text, argument, token.at)

    def expression(self) -> Expression:
        """Return a field, a function, or a DISTANCE."""
        if self.kind == "distance" and self.kind_ahead(1) == "(" and self.kind_ahead(3) == ",":
            return self._distance()
        return self.field()

    def _distance(self) -> Distance:
        at = self.expect("distance", "(").at
        field = self.name()
        self.expect(",", "geolocation", "(")
        latitude = self.number()
        self.expect(",")
        longitude = self.number()
        self.expect(")", ",")
        unit = self.expect("string").text[1:-1]
        self.expect(")")
        return Distance(field, latitude, longitude, unit, at)

    # Literals.

    def integer(self) -> int:
        """Return a whole number, perhaps signed."""
        sign = self.take().kind if self.kind in ("+", "-") else "+"
        return int(self.expect("integer").text) * (-1 if sign == "-" else 1)

    def number(self) -> int | float:
        """Return a number, perhaps signed."""
        sign = self.take().kind if self.kind in ("+", "-") else "+"
        if self.kind not in ("integer", "decimal"):
            raise self.refusal()
        token = self.take()
        value = int(token.text) if token.kind == "integer" else float(token.text)
        return -value if sign == "-" else value

    def literals(self) -> tuple[Literal, ...]:
        """Return one or more literals with commas between them."""
        found = self._some_literals()
        while self.accept(","):
            found += self._some_literals()
        return tuple(found)

    def _some_literals(self) -> list[Literal]:
        if self.kind != "strings":
            return [self.literal()]
        token = self.take()
        return [Literal("string", text, token.at) for text in _PLAIN_STRINGS.findall(token.text)]

    def literal_string(self) -> Literal:
        """Return one quoted string."""
        token = self.expect("string")
        return Literal("string", unquoted(token.text), token.at)

    def literal(self) -> Literal:
        """Return one literal."""
        if self.kind == "string":
            return self.literal_string()
        return self._unquoted_literal()

    def like_literal(self) -> Literal:
        """Return what LIKE compares with: a string becomes a compiled pattern, anything else stays as it is."""
        if self.kind == "string":
            token = self.take()
            return Literal("pattern", like_pattern(token.text), token.at)
        return self._unquoted_literal()

    def _unquoted_literal(self) -> Literal:
        token = self.token
        if self.kind in ("integer", "decimal", "+", "-"):
            return Literal("number", self.number(), token.at)
        if self.kind in ("true", "false"):
            return Literal("boolean", self.take().kind == "true", token.at)
        if self.kind == "null":
            self.take()
            return Literal("null", None, token.at)
        if self.kind in _WHOLE_LITERALS:
            self.take()
            return Literal(token.kind, token.text, token.at)
        return self._word_literal()

    def _word_literal(self) -> Literal:
        if self.kind != "word":
            raise self.refusal()
        token = self.token
        if is_period(token.text):
            self.take()
            number = int(self.expect("integer").text) if self.accept(":") else None
            return Literal("date_formula", (token.text.upper(), number), token.at)
        if _CURRENCY.fullmatch(token.text):
            self.take()
            return Literal("currency", token.text, token.at)
        raise self.refusal()


def is_name(kind: str) -> bool:
    """Say whether a token of this kind can be a name."""
    return kind == "word" or kind in KEYWORDS_ALSO_NAMES
