"""What one tenant may send to hold back others: messages of every kind that ever stalled or crashed a worker, or might. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

TENANT = "mischief"
PER_MESSAGE = 500  # as many changes as a message may carry
LARGE = 900_000  # characters: nearly a message
# Conditions that cost little over small changes, and all that they may over large ones.
EXPENSIVE = (
    "length(sort_by(fields.many, &to_string(@))) > `0`",
    "join(fields.big, map(&to_string(@), fields.many)) == 'x'",
    "length(fields.many[?contains(to_string(@), '9')] | [@,@][] | [@,@][] | [@,@][] | [@,@][]) > `0`",
)
COSTLY = "costly"  # the source whose sync has them


class Poison(NamedTuple):
    """
    Messages of one kind, as SQS takes them.

    `keys` are those of its changes, each of which must be settled or parked; without any, each whole message must be parked.
    `attributes` are message attributes, which any producer may set.
    """

    name: str
    bodies: tuple[str, ...]
    keys: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}  # of a NamedTuple: never changed

    @property
    def run(self) -> str:
        """Return what the messages name as their run: by it they are found again."""
        return run_of(self.name)


def run_of(name: str) -> str:
    """Return the run that the messages of a kind name."""
    return f"poison-{name}"


def costly_sync() -> dict[str, Any]:
    """Return a sync whose condition, row and signals all cost as much as an expression can."""
    rows = [("last_name", "LastName"), (EXPENSIVE[1].removesuffix(" == 'x'"), "Description")]
    return {
        "id": "costly-contact",
        "source": COSTLY,
        "sobject": "Contact",
        "direction": "push",
        "enabled": True,
        "push": {"create_when_missing": True, "create_unless": "never", "on_duplicate": "save", "when": EXPENSIVE[0]},
        "mappings": [{"product": product, "salesforce": field} for product, field in rows],
        "signals": {f"costly_{place}": EXPENSIVE[place % 3] for place in range(50)},
    }


def poisons() -> list[Poison]:
    """Return every kind: the three that once held back others, and more."""
    return [*_known(), *_unreadable(), *_oversized(), *_strange_values(), *_entangled()]


def _known() -> Iterator[Poison]:
    early = {**change("early"), "occurred_at": "0001-01-01T00:00:00+14:00"}
    late = {**change("late"), "conversation": [{"at": "9999-12-31T23:59:59-14:00", "speaker": "a", "text": "b"}]}
    yield _poison("moment", [early, late, change("sibling")])
    shared = [change(f"shared-{place}", "office@poison.example.com", str(place)) for place in range(2_000)]
    yield _poison("shared-address", shared)
    large = {"big": "y" * 250_000, "many": list(range(3_000))}
    yield _poison("expensive-conditions", [_with(change(f"costly-{at}"), **large) for at in range(15)], COSTLY, size=3)


def _unreadable() -> Iterator[Poison]:
    """Yield messages that no change can be read from; each holds its run as text, by which the parked message is found."""
    for name, text in {
        "no-json": '{"%s',
        "a-list": '["%s"]',
        "deep-json": '{"%s": ' + "[" * 100_000,
        "repeated-keys": '{"version": 1, "tenant": "mischief", "tenant": "mischief", "source": "lead", "run": "%s", "changes": []}',
        "huge-number": '{"version": 1, "tenant": "mischief", "source": "lead", "run": "%s", "changes": '
        + "9" * 50_000
        + "}",
        "no-change": '{"version": 1, "tenant": "mischief", "source": "lead", "run": "%s", "changes": []}',
        "true-version": '{"version": true, "tenant": "mischief", "source": "lead", "run": "%s", "changes": [{"key": "a"}]}',
    }.items():
        yield Poison(name, (text.replace("%s", run_of(name)),))
    many = [{"key": "k"}] * (PER_MESSAGE + 1)
    yield Poison("too-many-changes", (_body(run_of("too-many-changes"), many),))


def _oversized() -> Iterator[Poison]:
    yield _poison("large-field", [change("large-field", phone="x" * LARGE), change("large-sibling")])
    yield _poison("long-address", [change(f"long-{mark}", mark * 60_000) for mark in ("a@", "a.", "@", "é")])
    spoken = [{"at": "2026-01-01T00:00:00Z", "speaker": "a", "text": "b"}] * 12_000
    yield _poison("long-conversation", [{**change("talker"), "conversation": spoken}])
    nested: Any = "x"
    for _ in range(300):
        nested = {"a": [nested]}
    yield _poison("deep-values", [change(f"deep-{place}", phone=nested) for place in range(20)])
    yield _poison("long-texts", [change(f"texts-{place}", title="é" * 15_000) for place in range(9)])


def _strange_values() -> Iterator[Poison]:
    surrogate = [change(f"surrogate-{place}", phone=text) for place, text in enumerate(("\ud800", "\0", "a\udfffb"))]
    yield _poison("lone-surrogates", surrogate)
    ids = ("003000000000000AAA", "00Q000000000001", "x" * 18, "003' OR Id != ''")
    wrong = [
        _with(change(f"id-{at}"), salesforce_contact_id=text, salesforce_lead_id=text) for at, text in enumerate(ids)
    ]
    yield _poison("wrong-ids", wrong)
    texts = ("@{ref.id}", "' OR Id != '' --", "\\", "\\'", "%s%n{0}", "{{7*7}}", "*" * 255)
    yield _poison("injections", [change(f"inject-{at}", f"{text}@example.com", text) for at, text in enumerate(texts)])
    numbers: tuple[Any, ...] = (1e308, -0.0, 10**300, True, [], {}, [[]])
    yield _poison("wrong-types", [_with(change(f"type-{at}"), last_name=value) for at, value in enumerate(numbers)])
    forged = {"sent": ",".join(["1"] * 500), "redriven": ",".join(["lead-contact"] * 500)}
    yield _poison("forged-attributes", [change("forged")])._replace(attributes=forged)
    yield _poison("refused-by-all", [_with(change(f"nameless-{at}"), last_name="") for at in range(PER_MESSAGE)])


def _entangled() -> Iterator[Poison]:
    yield _poison("one-key", [change("one", phone=str(place)) for place in range(PER_MESSAGE)])
    chained = [change(f"chain-{at // 2}", f"chain{(at + 1) // 2}@poison.example.com") for at in range(PER_MESSAGE)]
    yield _poison("chain-of-addresses", chained)
    alike = ("K", "k", "\uff4b", "k\u0301", " k", "k ", "K\u200b")
    yield _poison("keys-alike", [change(f"alike-{key}", "alike@poison.example.com", key) for key in alike])
    circle = [
        {**change(f"circle-{at}"), "about": {"source": "lead", "key": f"circle-{(at + 1) % 50}"}} for at in range(50)
    ]
    yield _poison("circle", circle)
    contended = [change("contended", "contended@poison.example.com", str(place)) for place in range(100)]
    yield _poison("many-messages", contended, size=1)


def change(key: str, email: str = "", phone: Any = "1", title: str = "") -> dict[str, Any]:
    """Return one change of a person."""
    address = email or f"{len(key)}-{key}@poison.example.com"
    fields = {"last_name": f"Poison {key}"[:70], "company": "Poison", "phone": phone, "email": address}
    return {"key": key, "fields": {**fields, "title": title} if title else fields}


def _with(changed: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {**changed, "fields": {**changed["fields"], **fields}}


def _poison(name: str, changes: Sequence[Mapping[str, Any]], source: str = "lead", size: int = PER_MESSAGE) -> Poison:
    parts = [changes[start : start + size] for start in range(0, len(changes), size)]
    bodies = tuple(_body(run_of(name), part, source) for part in parts)
    return Poison(name, bodies, tuple(dict.fromkeys(str(item["key"]) for item in changes)))


def _body(run: str, changes: Sequence[Mapping[str, Any]], source: str = "lead") -> str:
    message = {"version": 1, "tenant": TENANT, "source": source, "run": run, "changes": changes}
    return json.dumps(message, separators=(",", ":"))
