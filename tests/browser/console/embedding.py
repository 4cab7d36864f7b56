"""The console in a page of a product: one source's panel maps and saves there; whoever is not listed gets nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import replace

import pytest
from playwright.sync_api import FrameLocator, Page

from functions.console import app as console
from tests.browser.chromium import BrowserFault
from tests.browser.console.visit import Visit
from tests.browser.sites import a_site
from tests.browser.visits import PICTURES

SOURCE = "interaction:quiz-42"
RECORDS = """<script>
window.heard = [];
for (const name of ['ready', 'resize', 'saved', 'connected', 'session-ended'])
  addEventListener(`causeway:${name}`, (event) => window.heard.push([name, event.detail]));
</script>"""


def _host(visit: Visit, token: str, more: str = "") -> str:
    attributes = f'data-session="{token}" data-source="{SOURCE}" title="Salesforce for this quiz" {more}'
    return f'{RECORDS}<h1>Quiz 42</h1><main><script src="{visit.url}/embed.js" {attributes}></script></main>'


@contextmanager
def _a_product(visit: Visit, *, listed: bool = True, token: str | None = None) -> Iterator[tuple[Page, str]]:
    """Serve a product's page on another origin that embeds the panel, with a session for embedding or this token."""
    tokens: list[str] = []
    with a_site(lambda path: _host(visit, tokens[0])) as site, pytest.MonkeyPatch.context() as patch:
        visit.stack.use.settings = replace(visit.stack.use.settings, embed_origins=(site,))
        bound = _session(visit, embed={"origin": site, "source": SOURCE})["token"]
        tokens.append(bound if token is None else token)
        patch.setenv("EMBED_ORIGINS", site if listed else "https://product.example")
        console.assembled.cache_clear()
        try:
            yield visit.browser.page, site
        finally:
            console.assembled.cache_clear()


def _session(visit: Visit, role: str = "integrator", **embed: object) -> dict[str, str]:
    status, session = visit.stack.backend("POST", "sessions", {"user": "ada@acme.example", "role": role, **embed})
    if status != 201:
        raise BrowserFault(f"No session was made: {session}")
    return dict(session)


def _frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='Salesforce for this quiz']")


def embeds_the_panel_of_a_source(visit: Visit) -> None:
    """A page of another origin embeds one source's panel, maps a field, saves it, and hears so; the frame is as high as what it shows."""
    with _a_product(visit) as (page, site):
        page.set_viewport_size({"width": 480, "height": 900})
        page.goto(site)
        panel = _frame(page)
        panel.get_by_role("button", name="Create").click()
        panel.get_by_role("heading", name=f"{SOURCE} → Contact").wait_for()
        panel.get_by_role("button", name="Add a field").click()
        page.keyboard.type("job")
        page.keyboard.press("Enter")
        page.keyboard.type("title")
        page.keyboard.press("Enter")
        panel.get_by_role("button", name="Save and enable").click()
        panel.get_by_role("button", name="Disable").wait_for()
        heard = page.evaluate("window.heard")
        if not any(name == "saved" and said.get("enabled") is True for name, said in heard):
            raise BrowserFault(f"The page heard {heard}.")
        heights = page.evaluate(
            "[document.querySelector('iframe').offsetHeight, window.heard.filter(([n]) => n === 'resize').length]"
        )
        if heights[0] < 400 or not heights[1]:
            raise BrowserFault(f"The frame's height is {heights}.")
        page.screenshot(path=PICTURES / "console-embedded-panel.png", full_page=True)
    _, saved = visit.stack.backend("GET", "syncs/interaction-quiz-42-contact")
    if not saved["enabled"] or {"product": "job", "salesforce": "Title"}.items() > saved["mappings"][-1].items():
        raise BrowserFault(f"Saved {saved}.")
    visit.is_content()


def is_not_framed_by_others(visit: Visit) -> None:
    """A page that is not listed cannot frame the console, embedded or whole."""
    with _a_product(visit, listed=False) as (page, site):
        page.goto(site)
        page.wait_for_timeout(1000)
        if visit.stack.backend("GET", "syncs")[1]["syncs"] or page.evaluate("window.heard.length"):
            raise BrowserFault("A page that is not listed was heard.")
        page.goto("about:blank")
        _refuses_to_be_framed(visit, f"{visit.url}?embed=1")
    with _a_product(visit) as (page, _):  # listed, but the whole console is never framed
        _refuses_to_be_framed(visit, visit.url)
    visit.browser.problems.clear()  # the browser says so itself


def _refuses_to_be_framed(visit: Visit, address: str) -> None:
    with a_site(lambda path: f'<iframe src="{address}" title="caught"></iframe>') as hostile:
        visit.browser.page.goto(hostile)
        visit.browser.page.wait_for_timeout(500)
        if visit.browser.page.frame_locator("iframe").get_by_text("Salesforce").count():
            raise BrowserFault(f"{address} was framed by a page that is not listed.")


def takes_no_session_from_others(visit: Visit) -> None:
    """A frame beside the panel, and a second message of the page, cannot put another session in; forged events are not believed."""
    with _a_product(visit) as (page, site):
        other = _session(visit, "viewer", embed={"origin": site, "source": SOURCE})
        page.goto(site)
        _frame(page).get_by_role("button", name="Create").wait_for()
        origin = visit.url.removesuffix("/console")
        begin = f"{{causeway: 'begin', session: '{other['token']}'}}"
        page.evaluate(f"document.querySelector('iframe').contentWindow.postMessage({begin}, '{origin}')")
        page.evaluate("window.postMessage({causeway: 'saved', forged: true}, '*')")
        page.wait_for_timeout(500)
        if any(said.get("forged") for _, said in page.evaluate("window.heard")):
            raise BrowserFault("A forged event was believed.")
        _frame(page).get_by_role("button", name="Create").wait_for()  # a viewer would have lost it


def works_in_a_frame_with_a_session_for_it_alone(visit: Visit) -> None:
    """A session of the whole console works in no frame: neither handed over by the page nor left in the tab by the console."""
    visit.opens("manager", "overview")
    visit.sees("Overview")
    for token in (_session(visit, "manager")["token"], ""):
        with _a_product(visit, token=token) as (page, site):
            page.goto(site)
            _frame(page).get_by_role("heading", name="Your session expired").wait_for()


VISITS: tuple[Callable[[Visit], None], ...] = (
    embeds_the_panel_of_a_source,
    is_not_framed_by_others,
    takes_no_session_from_others,
    works_in_a_frame_with_a_session_for_it_alone,
)
