"""Waits for the end of what goes on by itself, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session

LOOK_EVERY_S = 2.0


def watched[T](
    session: Session,
    name: str,
    look: Callable[[], T],
    progress: Callable[[T], str | None],
    remedy: str,
    patience_s: float,
) -> T:
    """
    Look again and again until it has ended, and return how it ended.

    `progress` says how far it is, None at its end; each new sentence is shown. Raises Stop when none was new for `patience_s`.
    """
    seen, moved_at = "", session.clock.now_s()
    while True:
        found = look()
        says = progress(found)
        if says is None:
            return found
        if says != seen:
            seen, moved_at = says, session.clock.now_s()
            session.out.note(says)
        elif session.clock.now_s() - moved_at > patience_s:
            raise Stop(
                Exit.UNFINISHED, f"{name} has not ended ({says}), and nothing moved for {patience_s:.0f} s.", remedy
            )
        session.clock.sleep(LOOK_EVERY_S)
