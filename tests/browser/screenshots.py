"""
`python -m tests.browser.screenshots`: writes a picture of every page of the console, and of connecting, to `docs/images/`.

The pictures are those that the visits of `tests.browser.run` keep while they check the pages; Chromium itself makes WebP of them.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import console
from tests.browser.chromium import MISSING, a_chromium, chromium_path
from tests.browser.run import VISITS as CONNECTING
from tests.browser.run import begun
from tests.browser.visits import PICTURES, ROOT, chosen, run

IMAGES = ROOT / "docs" / "images"
QUALITY = 0.8
MOST_HEIGHT = 1_700  # pixels of a picture: what stands further down is cut off
# Each picture, and the visit that keeps it.
SHOWN = {
    "connect": "connects",
    "console-set-up": "sets_up_the_first_sync",
    "console-overview": "sees_what_needs_a_person_first",
    "console-syncs": "shows_the_list_of_syncs",
    "console-mapping": "maps_a_field_and_enables_a_sync",
    "console-row-details": "sets_a_default_and_translates_values",
    "console-condition": "builds_a_condition",
    "console-pull-rules": "sets_pull_rules",
    "console-signals": "edits_signals",
    "console-try-it": "tries_the_draft_with_a_recent_change",
    "console-who": "asks_who_somebody_is",
    "console-records": "looks_up_a_record",
    "console-parked": "reads_why_a_change_is_parked_and_sends_it_again",
    "console-history": "reads_the_history",
    "console-model-product": "looks_through_the_data_model",
    "console-model-org": "looks_through_the_data_model",
    "console-connection": "sees_the_connection_and_tests_it",
    "console-subscriptions": "subscribes_to_events",
    "console-tenants": "sees_every_tenant",
    "console-policy": "sets_what_a_tenant_may_do",
}
TO_WEBP = """
async ([png, quality, most]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: Math.min(image.height, most) });
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', quality).split(',')[1];
}
"""


def main() -> int:
    """Walk the visits and write the pictures; return the exit code. `--as-kept` takes the pictures that a run of all visits kept."""
    if chromium_path() is None:
        print(MISSING, file=sys.stderr)
        return 2
    acts = sorted(set(SHOWN.values()))
    with a_chromium() as browser:
        failed = 0
        if "--as-kept" not in sys.argv[1:]:
            failed = run(chosen(CONNECTING, acts), begun, browser) + console.run_all(browser, acts)
        if not failed:
            write(browser)
    return 1 if failed else 0


def write(browser: Browser, pictures: Path = PICTURES, images: Path = IMAGES) -> None:
    """Make WebP of the pictures that the documents show."""
    images.mkdir(parents=True, exist_ok=True)
    page = browser.new_page()
    for name in SHOWN:
        png = base64.b64encode((pictures / f"{name}-desktop-light.png").read_bytes()).decode()
        webp = page.evaluate(TO_WEBP, [png, QUALITY, MOST_HEIGHT])
        (images / f"{name}.webp").write_bytes(base64.b64decode(webp))
    print(f"{len(SHOWN)} pictures are in {images.relative_to(ROOT)}/.")


if __name__ == "__main__":
    sys.exit(main())
