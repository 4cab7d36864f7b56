"""
Pack what an entity stores, and keep it within MAX_BYTES: DynamoDB counts a write by the size of the whole item. Pure.

Too large, it gives up what only repeats an answer, and never what prevents a mistake: without field times, links, addresses and
pending creates an older value would be written, or a record a second time. Signals that fired stay with their change, which
publishes them again should its worker have died before it did; only where there is no room left the oldest of them go.

Texts begin with `{` as they are, or with VERSION as base64 of raw DEFLATE (RFC 1951) against WORDS, which may never change.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

MAX_BYTES = 100_000  # of what one entity stores; an item of DynamoDB takes 400 KB
SHORT_FROM, SHORTER_FROM = (
    40_000,
    60_000,
)  # packed characters from which answers are kept in short, and no data with them
EDGES_FROM = 75_000  # packed characters from which only the newest changes keep the signals that fired
MOST_WITH_EDGES = 20  # so many of all keys and syncs
UNPACKED_PER_PACKED = 10  # so many times as long a text may be unpacked: it is read and written again and again
ROOM = 70_000  # further fields, keys and addresses are taken up to here; the rest is for pending creates and followers
FULL_FROM = 60_000  # further keys get entities of their own

KEY_BYTES, FIELD_BYTES, EMAIL_BYTES = 200, 30, 80  # what a further one takes at most
EDGES = "edges"  # signals that fired, in an answer
_SHORT = ("result", "code", "salesforce_id", "lacks_person", EDGES)

VERSION = "1"
WORTH_PACKING = 200  # characters
_RAW = -15  # zlib's way to say: no header, a window of 32 KB
# What entities are made of, the most frequent last.
WORDS = (
    b'"unshelved":["followers":["externals":{"entries":{"emails":{"creating":{"values":{"at":1"of":[["left_out":{}}'
    b'"MailingStreet":["MailingCity":["MailingState":["MailingPostalCode":["MailingCountry":["Website":["Industry":["Description":['
    b'"Street":["City":["State":["PostalCode":["Country":["LeadSource":["Status":["AccountId":["OwnerId":["Name":["Subject":['
    b'"detail":"","remedy":"","warnings":[{"field":"","code":"cut","detail":""}],"signals":["'
    b'{"result":"rejected","code":""{"result":"skipped","code":"superseded""exists_as_contact""exists_as_lead""condition"'
    b'"matched_by":"email","matched_by":"external_id","matched_by":"match_fields","matched_by":"salesforce_contact_id"'
    b'"refused":{"data":{"salesforce_lead_id":null,"salesforce_contact_id":null,"salesforce_account_id":null,'
    b'"salesforce_account_name":null,"salesforce_account_website":null,"salesforce_account_owner_id":null,'
    b'"salesforce_account_owner_name":null,"salesforce_account_owner_email":null,"salesforce_assigned_sales_rep_id":null,'
    b'"salesforce_assigned_sales_rep_name":null,"salesforce_assigned_sales_rep_email":null}}},"times":{"003":{"00Q":{"001":{'
    b'"FirstName":["LastName":["Phone":["MobilePhone":["Title":["Email":["Company":["'
    b'{"keys":{"":{"of":["lead","lead-"],"links":{"Contact":"003","Lead":"00Q"},"settled":{"lead-contact":[[1"lead-lead":[[1'
    b'",1,{"result":"created","salesforce_id":"003","fields_written":["{"result":"unchanged","salesforce_id":"00Q"'
    b'",1,{"result":"updated","salesforce_id":"003","fields_written":["Phone","Title"],"warnings":[],'
    b'"candidates":[{"id":"003","matched_by":"link","chosen":true}]},false,"1'
)


def packed(text: str) -> str:
    """Return a text as it is stored."""
    if len(text) < WORTH_PACKING:
        return text
    packer = zlib.compressobj(6, zlib.DEFLATED, _RAW, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return VERSION + b64encode(packer.compress(text.encode()) + packer.flush()).decode()


def unpacked(stored: str) -> str:
    """Return the text of what is stored, in the present shape or as it was stored before there was packing."""
    if not stored.startswith(VERSION):
        return stored
    return zlib.decompressobj(_RAW, WORDS).decompress(b64decode(stored[1:])).decode()


def kept(text: str, trimmed_text: Callable[[bool, bool], str]) -> str:
    """Return what is stored of an entity's text: packed, and trimmed (`trimmed_text(shorter, few_edges)`) where it would be too large."""
    stored = packed(text)
    for limit, shorter, few_edges in (
        (SHORT_FROM, False, False),
        (SHORTER_FROM, True, False),
        (EDGES_FROM, True, True),
    ):
        if len(stored) > limit or len(text) > limit * UNPACKED_PER_PACKED:
            text = trimmed_text(shorter, few_edges)
            stored = packed(text)
    return stored


def trimmed(body: Mapping[str, Any], *, shorter: bool, few_edges: bool) -> dict[str, Any]:
    """
    Return what an entity holds with the newest answer of each key and sync alone, without its warnings and candidates.

    Older answers stay while signals fired with them, with `few_edges` those of the newest changes alone. With `shorter`, also
    without account data, refused values and the marks of added entries.
    """
    since_ms = _edges_since_ms(body) if few_edges else 0
    keys = {memory: _trimmed_key(kept, since_ms, shorter=shorter) for memory, kept in body["keys"].items()}
    left = {name: kept for name, kept in body.items() if not shorter or name != "entries"}
    return {**left, "keys": keys, "left_out": {} if shorter else body["left_out"]}


def _edges_since_ms(body: Mapping[str, Any]) -> int:
    """Return from which moment on changes keep the signals that fired with them, when only few may."""
    syncs = (answers for kept in body["keys"].values() for answers in kept.get("settled", {}).values())
    moments = sorted((answer[0] for answers in syncs for answer in answers if EDGES in answer[3]), reverse=True)
    return moments[MOST_WITH_EDGES - 1] if len(moments) > MOST_WITH_EDGES else 0


def _trimmed_key(kept: Mapping[str, Any], since_ms: int, *, shorter: bool) -> dict[str, Any]:
    settled = {sync: _shorts(answers, since_ms) for sync, answers in kept.get("settled", {}).items() if answers}
    left = {name: value for name, value in kept.items() if not shorter or name not in ("data", "refused")}
    return {**left, "settled": settled} if settled else left


def _shorts(answers: Sequence[list[Any]], since_ms: int) -> list[list[Any]]:
    newest, *older = [_short(answer, since_ms) for answer in answers]
    return [newest, *(answer for answer in older if EDGES in answer[3])]


def _short(answer: list[Any], since_ms: int) -> list[Any]:
    left = {name: answer[3][name] for name in _SHORT if name in answer[3]}
    if answer[0] < since_ms:
        left.pop(EDGES, None)
    return [*answer[:3], left, *answer[4:]]
