"""What each step of a case does at a place, and how long its expectation may take to come true."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.cases.matching import differences
from tests.cases.model import ApiCall, Case, DryRun, OrgSetup, Pulled, Push, Refresh, Saved, Visit
from tests.cases.places.place import Place
from tests.cases.places.visiting import link_of, walked
from tests.cases.values import at_path, filled

PUSH_DEFAULTS = {"update_existing": True, "create_when_missing": True}
POLL_S = 0.2
SETTLED_S = 30.0  # how long a step waits for the outcomes of what was pushed before
WAITING_STEPS = ("outcomes", "rows", "parked", "wait_s")  # those that wait by themselves
REPLAY_S = 5.0  # how long what is replayed may take at least


class Unmet(Exception):
    """A step whose expectation did not come true; the message says what differs."""


@dataclass
class Playing:
    """One case at one place: what names stand for, and what came out since the last thing that was done."""

    case: Case
    place: Place
    tenant: str
    bound: dict[str, Any] = field(default_factory=dict)
    outcomes: dict[tuple[str, str | None], dict[str, Any]] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    awaited: set[Any] = field(default_factory=set)

    def play(self) -> None:
        """Set the case up and do its steps; raises Unmet, with the step that did not hold or could not be done."""
        for name, act in self._acts():
            try:
                act()
            except (Unmet, AssertionError) as error:
                raise Unmet(f"{name}: {error or type(error).__name__}") from error
            except Exception as error:
                raise Unmet(f"{name}: {type(error).__name__}: {error}") from error

    def _acts(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield what is to be done, each with its name."""
        self.bound = {"tenant": self.tenant, "org_url": self.place.org_url}
        yield "reset", lambda: self.place.fresh(self.tenant, self.case.deployment)
        yield "org", lambda: self._org(self.case.org)
        if self.case.connected:
            yield "connect", lambda: self.place.connect(self.tenant)
        for sync in self.case.syncs:
            yield f"sync of {sync.get('sobject')}", partial(self._save, Saved(sync=sync))
        for number, step in enumerate(self.case.steps, 1):
            name, value = step.named()
            if name not in WAITING_STEPS:
                self._wait_for_outcomes()
            yield f"step {number}, {name}", partial(getattr(self, f"_{name}"), value)

    # --- doing

    def _org(self, setup: OrgSetup) -> None:
        control = self.place.control
        if setup.clear_faults:
            control("DELETE", "faults")
        if setup.settings:
            control("PATCH", "settings", self._filled(setup.settings))
        if setup.declare:
            control("POST", "schema", self._filled(setup.declare))
        for records in setup.records:
            body = {"sobject": records.sobject, "records": self._filled(records.rows)}
            ids = control("POST", "records", body)["ids"]
            self.bound |= dict(zip(records.names, ids, strict=False))
        for call in setup.control:
            method, _, path = call.call.partition(" ")
            answer = control(method, self._filled(path), self._filled(call.body))
            self.bound |= {name: at_path(answer, path) for name, path in call.bind.items()}
        if setup.faults:
            control("POST", "faults", {"faults": self._filled(setup.faults)})
        if setup.advance_s:
            control("POST", "clock", {"advance_s": setup.advance_s})

    def _push(self, pushes: Push | list[Push]) -> None:
        self._begin()
        for push in pushes if isinstance(pushes, list) else [pushes]:
            changes = self._filled(push.changes)
            body = {"version": 1, "tenant": self.tenant, "source": push.source, "changes": changes}
            text = str(self._filled(push.text)) if push.text is not None else json.dumps(body, ensure_ascii=False)
            self.place.send(self.tenant, text)
            self.awaited |= {each.get("key") for each in changes if isinstance(each, dict)}

    def _redrive(self, named: Mapping[str, Any]) -> None:
        self._begin()
        status, answer = self._api_call("POST", "parked/redrive", self._filled(dict(named)))
        _require([] if status < 300 else [f"refused with {status}: {answer}"])
        patience_s = max(self.place.patience_s, REPLAY_S)
        self._await(lambda: [] if self._replayed() else ["the redriven changes did not come back"], patience_s)

    def _replayed(self) -> bool:
        self.place.replay()
        self._collect()
        return bool(self.outcomes)

    def _replay(self, _: bool) -> None:
        self._begin()
        self.place.replay()

    def _begin(self) -> None:
        """Forget what came out before."""
        self._collect()
        self.outcomes.clear()
        self.records.clear()
        self.place.control("DELETE", "stats")

    def _wait_s(self, seconds: float) -> None:
        time.sleep(seconds)

    def _wait_for_outcomes(self) -> None:
        """Let what was pushed have its outcomes before the next thing is done, as far as it has any soon."""
        with suppress(Unmet):
            patience_s = min(self.place.patience_s, SETTLED_S)
            self._await(lambda: sorted(map(str, self.awaited - {key for key, _ in self.outcomes})), patience_s)
        self.awaited.clear()

    # --- expecting

    def _outcomes(self, wanted: Any) -> None:
        expected = self._filled(wanted)
        self._await(lambda: differences(list(self.outcomes.values()), expected, "the outcomes"))
        for item in expected if isinstance(expected, list) else ():
            if isinstance(item, dict) and "bind" in item:
                raise Unmet("`bind` belongs to `api` and `control`")

    def _rows(self, wanted: Mapping[str, Any]) -> None:
        for sobject, rows in wanted.items():
            expected = self._filled(rows)
            self._await(partial(self._row_differences, sobject, expected))

    def _row_differences(self, sobject: str, rows: Any) -> list[str]:
        return differences(self._live(sobject), rows, f"{sobject} rows")

    def _live(self, sobject: str) -> list[dict[str, Any]]:
        rows = self.place.control("GET", f"records/{sobject}")["records"]
        return [row for row in rows if not row.get("IsDeleted")]

    def _parked(self, wanted: Any) -> None:
        expected = self._filled(wanted)
        self._await(lambda: differences(self._all_parked(), expected, "what is parked"))

    def _all_parked(self) -> list[Any]:
        found: list[Any] = []
        query: dict[str, str] = {}
        while True:
            _, answer = self._api_call("GET", "parked", query=query)
            found += answer["parked"]
            if not answer.get("next"):
                return found
            query = {"next": answer["next"]}

    def _calls(self, wanted: Mapping[str, Any]) -> None:
        stats = self.place.control("GET", "stats")
        found = {"all": stats["api_calls"], **stats["by_kind"]}
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(stats["by_kind"].items()))
        _require(differences({**dict.fromkeys(wanted, 0), **found}, dict(wanted), f"the API calls ({kinds})"))

    def _api(self, call: ApiCall) -> None:
        status, answer = self._api_call(call.method, self._filled(call.path), self._filled(call.body), call.query)
        _require(differences(status, call.status, f"the status ({answer})"))
        _require(differences(answer, self._filled(call.answer), "the answer") if call.answer is not None else [])
        self.bound |= {name: at_path(answer, path) for name, path in call.bind.items()}

    def _save(self, saved: Saved) -> None:
        body = sync_body(self._filled(saved.sync))
        path = f"syncs/{body['id']}"
        exists = self._api_call("GET", path)[0] == 200
        status, answer = self._api_call("PUT" if exists else "POST", path if exists else "syncs", body)
        _require(differences(status, 200 if exists and saved.status == 201 else saved.status, f"the status ({answer})"))
        if saved.answer is not None:
            _require(differences(answer, self._filled(saved.answer), "the answer"))
        if status < 300:
            problems = answer["problems"]
            enabled = body["enabled"] if saved.enabled is None else saved.enabled
            _require(differences(answer["enabled"], enabled, f"enabled (problems: {problems})"))
            if saved.problems is not None:
                _require(differences(problems, self._filled(saved.problems), "the problems"))

    def _dry_run(self, run: DryRun) -> None:
        status, answer = self._api_call("POST", f"syncs/{run.sync}/dry-run", self._filled(run.change))
        _require(differences(status, 200, f"the status ({answer})"))
        _require(differences(answer, self._filled(run.answer), "the dry run"))

    def _pull(self, pulled: Pulled) -> None:
        self._begin()
        path = "runs" if pulled.imports is None else "imports"
        status, started = self._api_call("POST", f"syncs/{pulled.sync}/{path}", self._filled(pulled.imports))
        _require(differences(status, 202, f"the status ({started})"))
        run = started.get("run") or started.get("id")
        if pulled.cancel:
            self._api_call("POST", f"runs/{run}/cancel")
        self._await(lambda: differences(self._api_call("GET", f"runs/{run}")[1], self._filled(pulled.run), "the run"))
        if pulled.records is not None:
            expected: Any = self._filled(pulled.records)
            wanted = expected if pulled.only else {"$has": expected}
            self._await(lambda: differences(self.records, wanted, "the records"))

    def _visit(self, visit: Visit) -> None:
        status, link = link_of(self.place, self.tenant, self._filled(visit.link))
        _require(differences(status, visit.link_status, f"the link's status ({link})"))
        _require(differences(link, self._filled(visit.link_answer), "the link") if visit.link_answer else [])
        if status < 300 and (visit.press or visit.words or visit.links):
            page = walked(_address(link["url"], visit), visit.press, self._filled(visit.login), reopen=visit.reopen)
            lacking = [words for words in self._filled(visit.words) if words.lower() not in page.words.lower()]
            there = [words for words in self._filled(visit.no_words) if words.lower() in page.words.lower()]
            _require([f"the page lacks {words!r}: {page.words[:800]}" for words in lacking])
            _require([f"the page says {words!r}: {page.words[:800]}" for words in there])
            _require(differences(page.links, self._filled(visit.links), "the page's links"))
            _require(differences(page.url, self._filled(visit.url), "the address") if visit.url is not None else [])
        self._connection(visit.connection)

    def _connection(self, wanted: Any) -> None:
        if wanted is not None:
            _require(differences(self._api_call("GET", "connection")[1], self._filled(wanted), "connection"))

    def _refresh(self, wanted: Refresh) -> None:
        for _ in range(wanted.times):
            found = self.place.refresh(self.tenant)
        if wanted.result is not None:
            _require(differences(found.get("result"), self._filled(wanted.result), f"the result ({found})"))
        self._connection(wanted.connection)

    # --- parts

    def _filled(self, value: Any) -> Any:
        return filled(value, self.bound)

    def _api_call(self, method: str, path: str, body: Any = None, query: Any = None) -> tuple[int, Any]:
        return self.place.api(method, f"tenants/{self.tenant}/{path}", body, query)

    def _collect(self) -> None:
        """Let the product work, and take what it sent: the last outcome per key and sync, each page once."""
        self.place.work()
        for message in self.place.outbound():
            if message["tenant"] != self.tenant:
                continue
            for item in message.get("outcomes", ()):
                self.outcomes[item["key"], item["sync"]] = item
            if message["type"] == "records" and message["page_id"] not in self.pages:
                self.pages.add(message["page_id"])
                self.records += message["records"]

    def _await(self, unmet: Callable[[], list[str]], patience: float | None = None) -> None:
        """Look until nothing differs any more, as long as the place has patience; raises Unmet with what still does."""
        until = time.monotonic() + (patience or self.place.patience_s)
        while True:
            self._collect()
            found = unmet()
            if not found:
                return
            if time.monotonic() > until:
                raise Unmet("; ".join(found))
            time.sleep(POLL_S)


def sync_body(short: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return a sync as the API takes it: enabled, updating and creating unless it says otherwise.

    `mappings` may be a map of Salesforce field → product field, or → the further keys of the row.
    """
    body = {"source": "lead", "enabled": True, **short}
    body.setdefault("id", str(body["sobject"]).lower().replace("__", "-"))
    if body.get("direction", "push") != "pull":
        body["push"] = {**PUSH_DEFAULTS, **body.get("push", {})}
    rows = body.get("mappings", ())
    if isinstance(rows, Mapping):
        body["mappings"] = [
            {"salesforce": name, **(row if isinstance(row, Mapping) else {"product": row})}
            for name, row in rows.items()
        ]
    return body


def _address(link: str, visit: Visit) -> str:
    """Return the link's address, or another one of the same pages that the step names."""
    return f"{link.partition('/oauth/')[0]}{visit.open}" if visit.open else link


def _require(found: list[str]) -> None:
    if found:
        raise Unmet("; ".join(found))
