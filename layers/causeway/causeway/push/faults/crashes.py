"""
End a change alone when our own code fails on it: an exception of a service passes, one of ours parks the change as `crashed`.

Only ports reach services: they are wrapped (`from_outside`), so that their exceptions are known. All others are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol, cast

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Outcome, Result
from causeway.errors import CausewayError, ConfigurationError, RejectedError

CRASHED = "crashed"
_OUTSIDE = "causeway_from_outside"  # an attribute of exceptions


class Ending(Protocol):
    """What can end with an outcome, and keep the fault that ended it (push/tasks.py)."""

    fault: BaseException | None

    def settle(self, result: Result, code: str | None = None, **more: Any) -> None: ...


class _Port:
    """A port whose exceptions, and those of what its calls give, are marked."""

    __slots__ = ("_port",)

    def __init__(self, port: Any) -> None:
        self._port = port

    def __call__(self, *given: Any, **named: Any) -> Any:
        return _called(self._port, *given, **named)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return partial(_called, found) if callable(found) else found


def _called(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    try:
        return call(*given, **named)
    except Exception as fault:
        setattr(fault, _OUTSIDE, True)
        raise


def from_outside[P](port: P) -> P:
    """Return a port (an object or a function) that behaves the same; exceptions of its calls do not count as ours."""
    return cast(P, _Port(port))


def is_ours(fault: Exception) -> bool:
    """Return whether an exception is a matter of the change at hand: it came from no port, and does not pass by itself."""
    is_passing = isinstance(fault, CausewayError) and not isinstance(fault, (RejectedError, ConfigurationError))
    return not is_passing and not hasattr(fault, _OUTSIDE)


def crash(task: Ending, fault: Exception) -> None:
    """Reject a task for an exception of ours: with the code of an error for people, as `crashed` with the name of any other."""
    if isinstance(fault, CausewayError):
        task.settle(Result.REJECTED, fault.code, detail=fault.message, remedy=fault.remedy)
        return
    task.fault = fault
    task.settle(Result.REJECTED, CRASHED, detail=crash_detail(fault), remedy=OUTCOMES[CRASHED].remedy)


def crash_detail(fault: BaseException) -> str:
    """Return what happened, without the text of the fault, which could hold a person's data."""
    return (
        f"Causeway failed on this change ({type(fault).__name__}): a defect of Causeway. No other change is held back."
    )


def crashed_outcome(key: str, fault: BaseException) -> Outcome:
    """Return the outcome of a change that could not even be taken for its syncs."""
    return Outcome(key, Result.REJECTED, code=CRASHED, detail=crash_detail(fault), remedy=OUTCOMES[CRASHED].remedy)


def each_alone[T, R](items: Iterable[T], task_of: Callable[[T], Ending], step: Callable[[T], R]) -> Iterator[R]:
    """Yield the result of a step for each item; one on which the step fails by a fault of ours ends its task and yields nothing."""
    for item in items:
        try:
            result = step(item)
        except Exception as fault:
            if not is_ours(fault):
                raise
            crash(task_of(item), fault)
            continue
        yield result
