"""How much time an invocation has left, as use cases ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class LambdaDeadline:
    """The time that one invocation has left."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def remaining_ms(self) -> int:
        """Return milliseconds left."""
        return int(self._context.get_remaining_time_in_millis())

    def remaining_s(self) -> float:
        """Return seconds left."""
        return self.remaining_ms() / 1000
