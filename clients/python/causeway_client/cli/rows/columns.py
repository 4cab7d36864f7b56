"""Which column is which field, and which one is the key. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from causeway_client.cli.rows.files import Row

# Names that a spreadsheet may give what products usually call so; compared without case, accents and punctuation.
SYNONYMS = {
    "email": ("email", "emailaddress", "mail", "mailaddress", "workemail", "emailwork", "correo"),
    "first_name": ("firstname", "givenname", "forename", "vorname", "prenom", "nombre"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "nom", "apellido", "apellidos"),
    "company": (
        "company",
        "companyname",
        "organization",
        "organisation",
        "employer",
        "account",
        "accountname",
        "firma",
    ),
    "phone": ("phone", "phonenumber", "telephone", "tel", "workphone", "businessphone", "telefon"),
    "mobile": ("mobile", "mobilephone", "cell", "cellphone", "handy"),
    "fax": ("fax", "faxnumber"),
    "street": ("street", "streetaddress", "address", "addressline1", "address1", "strasse"),
    "city": ("city", "town", "ort", "ville", "ciudad"),
    "state": ("state", "province", "region", "stateprovince", "bundesland"),
    "postal_code": ("postalcode", "postcode", "zip", "zipcode", "plz"),
    "country": ("country", "land", "pays", "pais"),
    "title": ("title", "jobtitle", "position"),
    "website": ("website", "url", "web", "homepage"),
}
MATCHED_BY = ("email", "company", "salesforce_lead_id", "salesforce_contact_id")  # used by name, mapped or not
_CANONICAL = {word: name for name, words in SYNONYMS.items() for word in words}


class UnusableColumns(ValueError):
    """The columns cannot be used as they are; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The field of each column, the column of the key, and the columns that no sync maps."""

    fields: Mapping[str, str]
    key: str
    unmapped: tuple[str, ...]


def normal(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def snake(name: str) -> str:
    """Return a column's name as a field: `FirstName` and `First name` become `first_name`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    ascii_only = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def columns_of(
    rows: Sequence[Row], known: Iterable[str], given: Mapping[str, str] | None = None, key: str | None = None
) -> Columns:
    """
    Return what each column is.

    `known` are the product fields that syncs map, `given` and `key` what the caller decided. Raises UnusableColumns when a column
    does not exist, two columns would be one field, or nothing identifies a row.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.cells))
    given = given or {}
    absent = [name for name in (*given, *([key] if key else [])) if name not in names]
    if absent:
        raise UnusableColumns(f"There is no column {absent[0]!r}. The file has: {', '.join(names)}.")
    key_column = key or _key_column(rows, names)
    by_word = {normal(field): field for field in known}
    fields: dict[str, str] = {}
    for name in sorted(names, key=lambda each: each not in given):  # what the caller decided comes first
        fields[name] = given.get(name) or _field_of(name, by_word, set(fields.values()))
    _check_distinct(fields)
    used = {*by_word.values(), *MATCHED_BY, *given.values()}
    if fields[key_column] not in used:
        del fields[key_column]  # an id of the file's own is no field of the product
    unmapped = [name for name, field in fields.items() if field not in used]
    return Columns({name: fields[name] for name in names if name in fields}, key_column, tuple(unmapped))


def _field_of(name: str, by_word: Mapping[str, str], taken: set[str]) -> str:
    word = normal(name)
    canonical = _CANONICAL.get(word)
    choices = [by_word.get(word), by_word.get(normal(canonical)) if canonical else None]
    choices += [by_word.get(other) for other in SYNONYMS.get(canonical or "", ())]
    choices += [canonical] if canonical in MATCHED_BY else []
    return next((choice for choice in choices if choice and choice not in taken), snake(name))


def _check_distinct(fields: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for name, field in fields.items():
        if not field:
            raise UnusableColumns(
                f"The column {name!r} has no name that a field could have. Give one: --map '{name}=field'"
            )
        if field in seen:
            raise UnusableColumns(
                f"The columns {seen[field]!r} and {name!r} would both be {field}. Give --map for one."
            )
        seen[field] = name


def _key_column(rows: Sequence[Row], names: Sequence[str]) -> str:
    words = {name: normal(name) for name in names}
    exact = [name for word in ("key", "id", "externalid", "recordid") for name in names if words[name] == word]
    ending = [name for name in names if words[name].endswith("id") and not words[name].startswith("salesforce")]
    for name in (*exact, *ending):
        values = [row.cells.get(name) for row in rows]
        if None not in values and len({str(value) for value in values}) == len(values):
            return name
    emails = [name for name in names if _CANONICAL.get(words[name]) == "email"]
    if emails:
        return emails[0]
    raise UnusableColumns(
        f"No column identifies a row: none is named id or email and differs in each. Give --key COLUMN. The file has: {', '.join(names)}."
    )
