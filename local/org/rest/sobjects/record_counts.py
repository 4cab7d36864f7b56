"""How many records each sObject has, roughly (REST API guide, Record Count)."""

from __future__ import annotations

from ...wire.call import Call, Route
from ...wire.messages import Response
from ..ports import DataOrg


def record_counts(call: Call[DataOrg]) -> Response:
    """Return the counts of the sObjects named in `sObjects`, or of all that have records."""
    view = call.org.store.view(call.session)
    asked = [name.strip() for name in call.request.query.get("sObjects", "").split(",") if name.strip()]
    found = [view.schema.sobject(name) for name in asked] if asked else list(view.schema.sobjects)
    counts = [
        {"count": len(list(view.rows(each.name))), "name": each.name} for each in found if each and each.queryable
    ]
    return Response(200, {"sObjects": [each for each in counts if asked or each["count"]]})


ROUTES: list[Route[DataOrg]] = [("GET", r"/limits/recordCount/?", record_counts)]
