"""The root command: global options may stand anywhere, and every failure ends in a sentence and a documented exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.output import Output
from causeway_client.cli.session import Session
from causeway_client.errors import ApiError, ApiUnavailable, InvalidChanges, NotSent

FLAGS = ("--local", "--json")
VALUES = ("--stack", "--tenant", "--region", "--profile")


def options_first(arguments: list[str]) -> list[str]:
    """Return the arguments with the global options before everything else; what follows `--` stays where it is."""
    first: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for each in left:
        if each == "--":
            rest += [each, *left]
        elif each in FLAGS or (each.partition("=")[0] in VALUES and "=" in each):
            first.append(each)
        elif each in VALUES:
            first += [each, *([value] if (value := next(left, None)) is not None else [])]
        else:
            rest.append(each)
    return first + rest


class CausewayGroup(TyperGroup):
    """The root command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the global options wherever they stand."""
        return super().parse_args(ctx, options_first(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what went wrong into its exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.INTERRUPTED) from None
        except tuple(_ENDINGS) as error:
            code, word, message, remedy = _ending(error)
            session = ctx.obj if isinstance(ctx.obj, Session) else None
            (session.out if session else Output(as_json=False)).error(word, message, remedy)
            raise typer.Exit(code) from None


def _ending(error: Exception) -> tuple[Exit, str, str, str]:
    """Return exit code, word, sentence and remedy of a failure."""
    return next(ending(error) for kind, ending in _ENDINGS.items() if isinstance(error, kind))


def _stopped(error: Any) -> tuple[Exit, str, str, str]:
    return error.code, error.code.name.lower(), error.message, error.remedy


def _refused(error: Any) -> tuple[Exit, str, str, str]:
    return Exit.REFUSED, error.code, error.message, error.remedy


def _unavailable(error: Any) -> tuple[Exit, str, str, str]:
    return Exit.UNREACHABLE, error.code, error.message, error.remedy or "Try again in a moment."


def _not_sent(error: Any) -> tuple[Exit, str, str, str]:
    return Exit.UNFINISHED, "not_sent", str(error), "Run the command again: sending a change twice does no harm."


def _invalid(error: Any) -> tuple[Exit, str, str, str]:
    return Exit.REFUSED, "invalid_changes", str(error), "Correct them and run the command again."


def _aws(error: Any) -> tuple[Exit, str, str, str]:
    return Exit.UNREACHABLE, "aws", f"AWS refused or did not answer: {error}", ""


# The first kind that fits: a subclass stands before its base.
_ENDINGS: dict[type[Exception], Callable[[Any], tuple[Exit, str, str, str]]] = {
    Stop: _stopped,
    ApiUnavailable: _unavailable,
    ApiError: _refused,
    NotSent: _not_sent,
    InvalidChanges: _invalid,
    ClientError: _aws,
    BotoCoreError: _aws,
}
