"""Show what became of a pushed file: outcomes by sync and result, refusals by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from causeway_client.cli.commands.history import all_failures
from causeway_client.cli.commands.push_run import Pushed
from causeway_client.cli.session import Session
from causeway_client.errors import ApiError
from causeway_client.generated.api import RunDetail, Sync

RESULTS = ("created", "updated", "unchanged", "skipped", "rejected", "waiting")
MOST_RECORDS = 1_000  # one call for each: beyond it the table has the run's totals alone
AT_ONCE = 8
KEYS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one key for one sync."""

    key: str
    sync: str | None
    result: str
    code: str | None
    reason: str | None
    remedy: str | None


def report(session: Session, pushed: Pushed, detail: RunDetail | None, syncs: Sequence[Sync]) -> int:
    """Print everything about a push; return how many outcomes were rejected."""
    counts = {name: detail.counts.get(name, 0) for name in RESULTS} if detail else {}
    lines = _lines(session, pushed, counts, syncs) if detail else None
    if lines is not None:
        counts = {name: sum(line.result == name for line in lines) for name in RESULTS}  # the run counts at least once
    refused = _refusals(session, detail, lines) if detail and counts["rejected"] else []
    if session.out.as_json:
        session.out.document(_document(pushed, detail, counts, lines, refused))
        return counts.get("rejected", 0)
    sent = pushed.sent
    if sent:
        again = f", {sent.repeats} times again" if sent.repeats else ""
        session.out.say(f"Sent {sent.changes:,} changes in {sent.messages:,} messages{again}. Run: {pushed.run}")
    if detail:
        _show_counts(session, counts, lines, syncs)
        _show_refusals(session, refused, counts["rejected"])
    if counts.get("waiting"):
        session.out.say("What waits goes on by itself when the connection or the quota allows it: causeway doctor")
    rows = [(each.number, each.key, each.reason) for each in pushed.file.refused]
    if rows:
        session.out.table(("row", "key", "reason"), rows, title=f"{len(rows):,} rows were not sent")
    return counts.get("rejected", 0)


def _lines(session: Session, pushed: Pushed, counts: Mapping[str, int], syncs: Sequence[Sync]) -> list[Line] | None:
    """Return the outcomes one by one as the records tell them, None when there are too many or some only wait."""
    keys = list(dict.fromkeys(change.key for change in pushed.file.changes))
    taking = {sync.id for sync in syncs if sync.enabled and sync.direction != "pull"}
    if len(keys) > MOST_RECORDS or counts["waiting"] or not taking:
        return None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda key: _record_lines(session, pushed.source, key), keys)
        return [line for lines in found for line in lines if line.sync in taking]


def _record_lines(session: Session, source: str, key: str) -> list[Line]:
    try:
        record = session.api.read_record(session.tenant, source, key)
    except ApiError as error:
        if error.status == 404:
            return []
        raise
    return [
        Line(key, sync, item["result"], item.get("code"), item.get("detail"), item.get("remedy"))
        for sync, item in record.outcomes.items()
    ]


def _refusals(session: Session, detail: RunDetail, lines: list[Line] | None) -> list[Line]:
    if lines is not None:
        return [line for line in lines if line.result == "rejected"]
    failures = all_failures(session, detail)
    return [Line(each.key, each.sync, "rejected", each.code, each.reason, each.remedy) for each in failures]


def _by_sync(lines: Iterable[Line]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(line.sync or "-", Counter())[line.result] += 1
    return found


def _show_counts(session: Session, counts: Mapping[str, int], lines: list[Line] | None, syncs: Sequence[Sync]) -> None:
    sobjects = {sync.id: sync.sobject for sync in syncs}
    rows: list[tuple[Any, ...]] = [
        (sync, sobjects.get(sync, ""), *(found[name] for name in RESULTS))
        for sync, found in sorted(_by_sync(lines or ()).items())
    ]
    rows.append(("all", "", *(counts[name] for name in RESULTS)))
    session.out.table(("sync", "sObject", *RESULTS), rows, title="Outcomes")


def _show_refusals(session: Session, refused: Sequence[Line], rejected: int) -> None:
    """Print refusals by sync and reason, with some of their keys."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for line in refused:
        groups.setdefault((line.sync, line.code, line.reason, line.remedy), []).append(line.key)
    if not groups:
        return
    rows = [
        (
            len(keys),
            sync,
            code,
            reason,
            remedy,
            ", ".join(keys[:KEYS_SHOWN]) + (", …" if len(keys) > KEYS_SHOWN else ""),
        )
        for (sync, code, reason, remedy), keys in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    session.out.table(("refused", "sync", "code", "reason", "remedy", "keys"), rows, title="Refusals")
    if len(refused) < rejected:
        session.out.say(f"The history names {len(refused):,} of {rejected:,}; all of them are parked.")
    session.out.say(
        "They are parked: causeway parked list, and after the cause is gone causeway parked redrive --code CODE"
    )


def _document(
    pushed: Pushed,
    detail: RunDetail | None,
    counts: Mapping[str, int],
    lines: list[Line] | None,
    refused: Sequence[Line],
) -> dict[str, Any]:
    return {
        "run": pushed.run,
        "sent": pushed.sent.changes if pushed.sent else 0,
        "messages": pushed.sent.messages if pushed.sent else 0,
        "complete": detail is not None,
        "outcomes": dict(counts),
        "by_sync": None if lines is None else {sync: dict(found) for sync, found in _by_sync(lines).items()},
        "refused": [
            {"key": line.key, "sync": line.sync, "code": line.code, "reason": line.reason, "remedy": line.remedy}
            for line in refused
        ],
        "rows_not_sent": [{"row": each.number, "key": each.key, "reason": each.reason} for each in pushed.file.refused],
    }
