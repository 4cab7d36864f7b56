"""Splits the name of a person, as people write it, into the parts that Salesforce keeps. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from causeway.salesforce.values.texts import composed

MAX_FIRST = 40  # characters of FirstName (Object Reference, Contact and Lead)
_MOST_WORDS = 4
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "dds", "cpa", "mba"})
_TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev", "herr", "frau")
_BETWEEN_TWO = ("and", "und", "et", "or", "oder")
_OF_COMPANIES = ("inc", "ltd", "llc", "llp", "gmbh", "ag", "corp", "co", "company", "group")
_OF_TEAMS = ("team", "support", "office", "sales", "info", "service")
_DOUBTFUL = frozenset((*_TITLES, *_BETWEEN_TWO, *_OF_COMPANIES, *_OF_TEAMS))
_WORD = r"[^\W\d_]+(?:[.'’-]+[^\W\d_]*)*"
# Scripts that are written with the family name first: kana, Chinese and Korean
_FAMILY_FIRST = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))


class PersonName(NamedTuple):
    """The parts of a name; `last` has all of one that cannot be split surely."""

    first: str = ""
    last: str = ""
    suffix: str = ""


def split_name(text: str, *, has_suffix: bool = True) -> PersonName:
    """
    Return the parts of a name: the first word is the first name, the words after it the last name, whatever their number.

    `Lovelace, Ada` is read too. Names of one word, and those in doubt (titles, two people, companies, digits, more than four words,
    scripts that begin with the family name), are kept whole as the last name. Without `has_suffix` a suffix stays in the last name.
    """
    name = " ".join(composed(text).split())
    words, suffix = _words_and_suffix(name)
    if len(words) <= 1 or _is_doubtful(words):
        return PersonName(last=name)
    first, last = words[0], " ".join(words[1:])
    if suffix and not has_suffix:
        last, suffix = f"{last} {suffix}", ""
    return PersonName(first, last, suffix)


def _words_and_suffix(name: str) -> tuple[list[str], str]:
    """Return the words, first name first, and the suffix; a comma that does neither stays, which is doubtful."""
    parts = [part.strip() for part in name.split(",")]
    suffix = ""
    if len(parts) > 1 and _is_suffix(parts[-1]):
        suffix = parts.pop()
    if len(parts) == 2 and parts[1] and len(parts[1].split()) == 1:
        parts = [f"{parts[1]} {parts[0]}"]
    words = ", ".join(parts).split()
    if not suffix and len(words) > 2 and _is_suffix(words[-1]):
        suffix = words.pop()
    return words, suffix


def _is_suffix(word: str) -> bool:
    return word.replace(".", "").lower() in _SUFFIXES


def _is_doubtful(words: list[str]) -> bool:
    return (
        len(words) > _MOST_WORDS
        or len(words[0]) > MAX_FIRST
        or any(not re.fullmatch(_WORD, word) or word.strip(".").lower() in _DOUBTFUL for word in words)
        or any(first <= letter <= last for letter in "".join(words) for first, last in _FAMILY_FIRST)
    )
