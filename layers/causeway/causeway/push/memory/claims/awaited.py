"""Note with the identifiers of people which changes wait for them, under a claim: who creates the person meanwhile is met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.push.memory.claims.answers import Claim, Held
from causeway.push.memory.claims.held import HeldClaims, acquire
from causeway.push.memory.claims.owners import CLOCK_MARGIN_MS
from causeway.push.memory.identifiers import email_identifier, key_identifier
from causeway.push.tasks import Task
from causeway.salesforce.values.emails import normalized_email

SOON_MS, LATEST_MS = 1_000, 60_000  # after which a change is looked at again whose person is being written just now
MAX_FOLLOWERS = 200  # of one identifier, whose item must not outgrow DynamoDB's 400 KB; more are looked at in time


def note_followers(claims: HeldClaims, followers: Mapping[str, Task], read_started_ms: int, now_ms: int) -> set[str]:
    """
    Note changes (parked id → task) with the people they wait for; return the parked ids that are noted.

    The task of a person whom another worker holds, or who was written since our read began, is redelivered.
    """
    wanted = {parked_id: _identifiers(claims.scope.org_id, task) for parked_id, task in followers.items()}
    entities = _entities(claims, {item for found in wanted.values() for item in found})
    answers = acquire(claims, set(entities.values()))
    noted = set()
    for parked_id, task in followers.items():
        places = {entities[item] for item in wanted[parked_id]}
        if all(_is_free(claims, place, answers.get(place), read_started_ms) for place in places):
            _note(claims, places, parked_id, task)
            noted.add(parked_id)
        else:
            task.redeliver(now_ms + _patience_ms(task))
    return noted


def _identifiers(org_id: str, task: Task) -> set[str]:
    """Return the identifiers of the person whom a change concerns."""
    about = task.change.about
    if about is None:
        return set()
    email = normalized_email(about.email)
    found = {email_identifier(org_id, email)} if email else set()
    return found | ({key_identifier(org_id, about.source, about.key)} if about.source and about.key else set())


def _entities(claims: HeldClaims, identifiers: Iterable[str]) -> dict[str, str]:
    """Return the entity of each identifier; one that nobody knows is its own."""
    wanted = set(identifiers)
    seen = claims.scope.look(wanted)
    return {item: (seen[item].entity if item in seen else None) or item for item in wanted}


def _is_free(claims: HeldClaims, entity: str, answer: Claim | None, read_started_ms: int) -> bool:
    """Return whether an entity is held, and nothing was written under it since the read began."""
    if entity not in claims.held:
        return False
    is_new = isinstance(answer, Held)
    return not is_new or claims.held[entity].completed_at_ms < read_started_ms - CLOCK_MARGIN_MS


def _note(claims: HeldClaims, places: Iterable[str], parked_id: str, task: Task) -> None:
    for place in places:
        entity = claims.entities[place]
        if parked_id not in entity.followers and len(entity.followers) < MAX_FOLLOWERS:
            entity.followers.append(parked_id)
        task.needs(place)


def _patience_ms(task: Task) -> int:
    """Return how long to wait for a person who is being written: longer with every delivery."""
    waited: int = SOON_MS * 2 ** min(max(task.receives - 1, 0), 10)
    return min(waited, LATEST_MS)


def followers_of(claims: HeldClaims, people: Iterable[Task]) -> dict[str, list[str]]:
    """Return the changes that wait for people who are in Salesforce now: entity → parked ids."""
    entities = {entity for task in people for entity in task.entities if entity in claims.entities}
    return {entity: list(found) for entity in sorted(entities) if (found := claims.entities[entity].followers)}
