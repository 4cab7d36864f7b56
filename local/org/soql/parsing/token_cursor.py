"""A place in a list of tokens: what comes next, and the refusal of what does not fit."""

from __future__ import annotations

from ...wire.messages import OrgError
from ..language.errors import malformed, unexpected
from .lexer import KEYWORDS_ALSO_NAMES, Token, tokens_of


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

    @property
    def at_name(self) -> bool:
        """Say whether the next token can be a name."""
        return is_name(self.kind)

    def word(self) -> Token:
        """Return the next token, which must be able to be a name."""
        if not is_name(self.kind):
            raise self.refusal()
        return self.take()


def is_name(kind: str) -> bool:
    """Say whether a token of this kind can be a name."""
    return kind == "word" or kind in KEYWORDS_ALSO_NAMES
