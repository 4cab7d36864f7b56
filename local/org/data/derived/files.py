"""What follows from a version of a file: its size and kind, its document, and where it is shared (Object Reference)."""

from __future__ import annotations

import base64
import binascii
from hashlib import md5
from pathlib import PurePosixPath

from ...schema.row import Row
from ...wire.caller import Caller
from ..rules.ruled_records import RuledRecords
from ..storage.records import Records
from .row_versions import changed_row, new_row

FILE_TYPES = {
    "txt": "TEXT",
    "jpg": "JPG",
    "jpeg": "JPG",
    "doc": "WORD",
    "docx": "WORD_X",
    "xls": "EXCEL",
    "xlsx": "EXCEL_X",
}
"""R: the file types that are not the extension in capitals."""


def attachment(records: Records, row: Row, before: Row | None) -> None:
    """Work out how long the body is."""
    row["BodyLength"] = len(_decoded(row.get("Body")))


def content_version(records: Records, row: Row, before: Row | None) -> None:
    """Work out title, kind, size and checksum, and which version of its document this is."""
    path = PurePosixPath(str(row.get("PathOnClient") or row.get("Title") or ""))
    data = _decoded(row.get("VersionData"))
    extension = path.suffix.lstrip(".")
    row.setdefault("Title", path.stem or path.name)
    row["FileExtension"] = extension or None
    row["FileType"] = FILE_TYPES.get(extension.lower(), extension.upper() or "UNKNOWN")
    row["ContentSize"], row["Checksum"] = len(data), md5(data, usedforsecurity=False).hexdigest()
    if before is None:
        row["IsLatest"], row["VersionNumber"] = True, str(len(versions_of(records, row.get("ContentDocumentId"))) + 1)
    for name in [name for name, value in row.items() if value is None]:
        del row[name]


def versions_of(records: Records, document_id: str | None) -> list[Row]:
    """Return the versions of a document."""
    table = records.table("ContentVersion")
    field = table.sobject.field("ContentDocumentId")
    return list(table.find(field, [document_id])) if field is not None and document_id else []


def publish(store: RuledRecords, caller: Caller | None, version: Row) -> None:
    """Give a first version its document and links; make the document show its newest version."""
    document_kind, version_kind = store.table("ContentDocument").sobject, store.table("ContentVersion").sobject
    document = store.raw(version.get("ContentDocumentId") or "")
    shown = {name: version.get(name) for name in ("Title", "FileType", "FileExtension", "ContentSize", "Description")}
    shown["LatestPublishedVersionId"] = version["Id"]
    if document is None:
        document = new_row(store, caller, document_kind, shown | {"OwnerId": version.get("OwnerId")})
        store.write(version_kind, version | {"ContentDocumentId": document["Id"]}, version["Id"])
        store.write(document_kind, document, document["Id"], "created", shown)
        _share(store, caller, document["Id"], str(version.get("OwnerId")), "I")
        if version.get("FirstPublishLocationId"):
            _share(store, caller, document["Id"], version["FirstPublishLocationId"], "V")
        return
    for older in versions_of(store, document["Id"]):
        if older["Id"] != version["Id"] and older.get("IsLatest") and version.get("IsLatest"):
            store.write(version_kind, older | {"IsLatest": False}, older["Id"])
    if version.get("IsLatest"):
        store.write(document_kind, changed_row(store, caller, document, shown), document["Id"], "updated", shown)


def _share(store: RuledRecords, caller: Caller | None, document_id: str, place_id: str, share_type: str) -> None:
    kind = store.table("ContentDocumentLink").sobject
    values = {"ContentDocumentId": document_id, "LinkedEntityId": place_id, "ShareType": share_type}
    row = new_row(store, caller, kind, values)
    store.write(kind, row, row["Id"], "created", values)


def _decoded(body: object) -> bytes:
    try:
        return base64.b64decode(str(body or ""))
    except binascii.Error:
        return b""
