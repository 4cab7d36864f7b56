"""
What one simulated org holds: settings, records, logins, faults and the audit log.

What it asks of the store (local/org/data/store.py):
    Store(schema, clock=clock, settings=settings, seed=seed, on_effect=audit.effect, record_fault=faults.record_error)
    on_effect(action, sobject, record_id, values)     after each committed change: created/updated/deleted/undeleted/merged
    record_fault(action, sobject, record_id | None, values) -> {"statusCode", "message", "fields"} | None
        asked once per record before it is saved (action: create, update, delete); an answer is that record's failure
Settings are typed attributes of local/org/setup/settings.py: `org.settings.edition`; add yours there with its sentence.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .bulk.job_store import BulkJobs
from .bulk1.job_store import Jobs as Bulk1Jobs
from .data.declaring.captured_describes import as_declaration
from .data.store import Store
from .oauth.grants import Grants, Pending
from .oauth.sessions import Sessions
from .oauth.token_mint import TokenMint
from .oauth.users import Users
from .rest.query.cursors import QueryCursors
from .schema.ids import IdFactory
from .server.audit import Audit
from .server.fault_rules import Faults
from .setup.clock import Clock
from .setup.limits import Limits, Logins
from .setup.settings import Settings
from .standard.catalog import standard_schema


def schema_documents(path: Path | None) -> list[Any]:
    """Return the JSON of a schema file, or of every .json file of a folder: describes first, then declarations."""
    if path is None:
        return []
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    documents = [json.loads(each.read_text(encoding="utf-8")) for each in files]
    return sorted(documents, key=lambda each: "describes" not in as_declaration(each))


class OrgState:
    """Everything that one org holds, and how it is set up and reset."""

    def __init__(
        self, seed: int = 1, schema_file: Path | None = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        self.seed, self.schema_file, self.first_settings = seed, schema_file, dict(settings or {})
        self.origin = "http://127.0.0.1"
        self.lock = threading.RLock()
        self.clock, self.settings = Clock(), self._as_begun()
        self.generation = 0
        self.reset()

    def reset(self, keep: Collection[str] = ()) -> None:
        """
        Reset to the start: the settings it began with, users, an empty store, no faults, an empty audit log, the real time.

        `keep` may name `settings` (apps among them) and `logins` (sessions, grants, approvals), which then stay.
        """
        with self.lock:
            self.generation += 1
            self.clock.restore()
            if "settings" not in keep:
                self.settings = self._as_begun()
            self.audit, self.faults = Audit(self.clock), Faults()
            self.limits, self.logins = Limits(self.clock, self.settings), Logins(self.clock, self.settings)
            self._new_store()
            self.users = Users(self.store, self.settings)
            if "logins" not in keep:
                self._forget_logins()
            for document in schema_documents(self.schema_file):
                self.declare(document)

    def _as_begun(self) -> Settings:
        settings = Settings()
        settings.patch(self.first_settings)
        return settings

    def _new_store(self) -> None:
        self.schema = standard_schema()
        self.store: Store = Store(
            self.schema,
            clock=self.clock,
            settings=self.settings,
            seed=self.seed,
            on_effect=self.audit.effect,
            record_fault=self.faults.record_error,
        )
        self.org_id = self.store.organization_id
        self.store.settings_changed()
        self.cursors = QueryCursors(self.org_id)
        job_ids = IdFactory(self.org_id[3:7])
        self.bulk_jobs, self.bulk1_jobs = BulkJobs(job_ids), Bulk1Jobs(job_ids)

    def _forget_logins(self) -> None:
        self.mint = TokenMint(self.org_id, self.seed)
        self.sessions = Sessions(self.clock, self.mint)
        self.grants = Grants(self.clock, self.mint, self.sessions)
        self.pending: dict[str, Pending] = {}
        self.browsers: dict[str, str] = {}

    def declare(self, declaration: dict[str, Any]) -> None:
        """Add what a schema file declares: sObjects, fields, rules, record types, permissions."""
        self.store.declare(declaration)

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Set the named settings, and let the schema follow those that change it."""
        self.settings.patch(changes)
        self.store.load(
            "Organization",
            [
                {
                    "Id": self.org_id,
                    "Name": self.settings.org_name,
                    "OrganizationType": self.settings.edition,
                    "IsSandbox": self.settings.is_sandbox,
                }
            ],
        )
        self.store.settings_changed()

    def identity_url(self, user_id: str) -> str:
        """Return the identity URL of a user."""
        return f"{self.origin}/id/{self.org_id}/{user_id}"
