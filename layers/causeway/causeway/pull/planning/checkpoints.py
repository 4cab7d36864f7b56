"""How far the pull of one sync has come in one org: stored with every page, so that a crash loses no row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from causeway.pull.planning.watermarks import Place, Window

Phase = Literal["records", "bulk", "deletes", "sweep", "done"]


@dataclass(frozen=True, slots=True)
class BulkPlace:
    """
    Where a Bulk API 2.0 query stands: its job, the columns that it selects, the locator being read, rows of that locator
    already emitted.
    """

    job: str
    locator: str = ""
    rows: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """How far an import has come, which reads in the order of Ids: its run, the last Id, and the pages it has cut."""

    run: str
    last_id: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    One sync's place in one org. Times are epoch ms on the org's clock.

    `read_upto_ms`: end of the last finished window (None: never read); `lower_before_ms`: where that one began.
    `window`, `place`, `bulk`, `phase`: the window in progress. `run`, `page`: the run it belongs to and the last page cut.
    `kept`: pages remembered in this `generation`. `cut`: pages ever cut, by which they are named. `due_ms`: for when the
    schedule asked for the last run. `deleted_upto_ms`: how far hard deletes were asked for. `swept_ms`: when
    the last sweep of calculated and parent-owned fields ended. `hidden`: related sObjects of which the org refused the last run
    something, so that the next one describes them first. `slice_ms`: how much of the window one query may read, as the org ended
    wider ones (0: all of it). `no_bulk`: Bulk API 2.0 cannot read this window. `importing`: how far the import under way has come.
    """

    read_upto_ms: int | None = None
    window: Window | None = None
    phase: Phase = "done"
    place: Place | None = None
    bulk: BulkPlace | None = None
    run: str = ""
    page: int = 0
    deleted_upto_ms: int | None = None
    swept_ms: int | None = None
    kept: int = 0
    cut: int = 0
    due_ms: int = 0
    generation: int = 0
    lower_before_ms: int = 0
    hidden: tuple[str, ...] = ()
    slice_ms: int = 0
    no_bulk: bool = False
    importing: ImportPlace | None = None

    def entering(self, phase: Phase) -> Checkpoint:
        """Return the checkpoint at the start of a phase."""
        return replace(self, phase=phase, place=None, bulk=None)

    def of_generation(self, generation: int) -> Checkpoint:
        """Return the same place with the remembered pages counted anew."""
        return replace(self, generation=generation, kept=0)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self)


def checkpoint_from_json(stored: dict[str, Any] | None) -> Checkpoint:
    """Return the checkpoint of a stored form; None gives that of a sync that never ran."""
    if not stored:
        return Checkpoint()
    window, place, bulk = stored["window"], stored["place"], stored["bulk"]
    importing = stored.get("importing")
    return Checkpoint(
        **{
            **stored,
            "window": Window(_place(window["after"]), window["upto_ms"], window["began_ms"]) if window else None,
            "place": _place(place),
            "bulk": BulkPlace(**{**bulk, "columns": tuple(bulk["columns"])}) if bulk else None,
            "hidden": tuple(stored.get("hidden", ())),
            "importing": ImportPlace(**importing) if importing else None,
        }
    )


def _place(stored: dict[str, Any] | None) -> Place | None:
    return Place(**stored) if stored else None
