"""
Facts about searches that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

NO_TERM = "No search term found. The search term must be enclosed in braces."  # C
SHORT_TERM = "search term must be longer than one character: {text}"  # C
MALFORMED_TOKEN = "Malformed search token: {token}"  # C: the text and its place, in force-rest-api's pull request 92
NO_SEARCH_STRING = "A search string has to be specified"  # R
RESERVED = frozenset(
    "?&|!{}[]()^~*:\\\"'+-"
)  # D SOSL guide, FIND: one that is not escaped is an error; ? * " ( ) have meanings
WORDS_ARE_JOINED_BY = "and"  # R: words beside each other are all looked for
TEXT_TYPES = frozenset({"string", "textarea", "email", "phone", "url", "combobox", "picklist", "multipicklist"})
"""R: the types of fields that ALL FIELDS looks into."""
RECORDS_IN_AN_OBJECT_SINCE = 37.0  # D REST guide, Search: an array before
OLDEST_PARAMETERIZED_SEARCH = 36.0  # D REST guide, Parameterized Search
NOT_SEARCHABLE = ("INVALID_TYPE", "sObject type '{name}' is not supported.")  # C for unknown sObjects
