"""A dead grant and a spent quota beside a working tenant, in small: the campaign's own measure."""

from __future__ import annotations

from tests.campaigns.push_fairness import holds, measured


def test_a_tenant_hardly_notices_its_neighbours_trouble() -> None:
    figures = measured(2_000)
    assert holds(figures, 2_000), figures
