"""The documentation site: what it holds, and that a broken link fails its build."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.site.build import BuildFailed, assemble, render


def test_pages_and_what_they_link_to_keep_their_paths(tmp_path: Path) -> None:
    pages = assemble(tmp_path)
    assert {"README.md", "docs/start/embed.md", "docs/openapi.json", "docs/schemas/push.json"} <= {
        str(path.relative_to(pages)) for path in pages.rglob("*")
    }


def test_a_link_that_leads_nowhere_fails_the_build_and_is_named(tmp_path: Path) -> None:
    pages = assemble(tmp_path / "pages")
    with (pages / "docs" / "pull.md").open("a", encoding="utf-8") as page:
        page.write("\n[there](nowhere.md)\n")
    with pytest.raises(BuildFailed, match=r"docs/pull\.md.*nowhere\.md"):
        render(tmp_path)
