"""
Every fault that the simulated org knows, and every answer that was altered or lost on its way (tests/support/pull/striking), at
every call of a run, once and for ever: does each run end, and say why?

    python -m tests.campaigns.pull_faults [--every 1] [--first 0] [--only 414] [--variant retry_414] --json

Prints `runs, endless, wordless, missed` and exits 1 unless the last three are 0. The runs are a first import by Bulk API 2.0,
an increment by REST with hard deletes, a daily sweep of records that enter and leave the rule, and a look for deletes by
Ids after a long gap; each is also cancelled at every call. `endless`: runs that never ended, sent a request again that
was refused as wrong, or went on after they were cancelled. `wordless`: runs that ended or waited without a sentence, without
saying until when, or for an error that nobody foresaw. `missed`: records of which the product does not know what the org
holds, once the fault is gone.
`--variant retry_414` repeats requests that are too long: it must fail. `--every 7` tries each seventh only, from the `--first` on;
`--only 414` those whose fault names 414.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from causeway.errors import CausewayError, OrgRefused, OutcomeUnknown, RetryableError
from causeway.gateways.salesforce import pulls
from causeway.pull.jobs import RUN_IS_OVER, PullJob, QueryPage
from causeway.pull.reading import bulk
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import PullRules, Schedule, Sync

from local.org.rest.query import cursors
from local.org.server.error_catalogue import ERRORS
from tests.support.pull.in_process import TENANT, VISIBILITY_S, Endless, InProcess
from tests.support.pull.striking.alterations import ALTERATIONS
from tests.support.pull.striking.answer import Answer
from tests.support.pull.striking.strike import ALTER, Strike

START_MS = 1_795_168_800_000
HOUR_S, DAY_S = 3_600, 86_400
PAGE, BULK_PAGE, BULK_FROM = 4, 6, 12
MOST_PARTS = 700  # workers of one run; more is endless
PLAYERS = os.cpu_count() or 1
WRONG = (404, 405, 413, 414, 431)
RULE = {"field": "Account.Industry", "operator": "equals", "value": "Banking"}
SYNC = Sync(
    id="people",
    source="lead",
    sobject="Contact",
    direction="pull",
    enabled=True,
    mappings=(Row(product="last_name", salesforce="LastName"), Row(product="industry", salesforce="Account.Industry")),
    pull=PullRules(filter=RULE, schedule=Schedule(every_minutes=60)),
)


@dataclass
class Figures:
    """What the campaign prints."""

    runs: int = 0
    endless: int = 0
    wordless: int = 0
    missed: int = 0
    how: str = ""  # the status and the sentence of one run
    state: str = ""  # that it left behind

    @property
    def counts(self) -> dict[str, int]:
        """Return what is counted."""
        return {name: figure for name, figure in asdict(self).items() if name not in ("how", "state")}

    @property
    def is_bad(self) -> bool:
        """Tell whether a run did what none may do."""
        return bool(self.endless or self.wordless or self.missed)

    def add(self, more: Figures) -> None:
        """Add up."""
        for name, figure in more.counts.items():
            setattr(self, name, getattr(self, name) + figure)


class Story:
    """An org of contacts of two accounts, one of which is in the rule, and what the product knows of them."""

    def __init__(self) -> None:
        self.world = InProcess(SYNC, start_ms=START_MS)
        industries = ({"Name": "Bank", "Industry": "Banking"}, {"Name": "Mine", "Industry": "Energy"})
        self.accounts = self._load("Account", *industries)
        self.contacts = self._load("Contact", *(self._contact(number) for number in range(16)))
        self.known: dict[str, str] = {}
        self.missed_after: dict[str, int] = {}  # by the state that a run left behind
        self.world.advance(HOUR_S)

    def _load(self, sobject: str, *rows: dict[str, Any]) -> list[str]:
        answer = self.world.control("POST", "records", {"sobject": sobject, "records": list(rows)})
        ids: list[str] = answer["ids"]
        return ids

    def _contact(self, number: int) -> dict[str, Any]:
        return {"LastName": f"Name {number}", "AccountId": self.accounts[number % 8 == 7]}

    def edit(self, sobject: str, record_id: str, **values: Any) -> None:
        """Change a record as a person does."""
        self.world._salesforce.request("PATCH", f"sobjects/{sobject}/{record_id}", json=values)

    def delete(self, *ids: str, hard: bool = False) -> None:
        """Delete records."""
        self.world.control("POST", "delete", {"ids": list(ids), "hard": hard})

    def begin(self) -> str:
        """Queue the job of a scheduled run, as a tick does, and return the run's id."""
        job = PullJob(TENANT, "people", due_ms=self.world.now_ms())
        self.world.queues.jobs = [(job, 0)]
        return job.scheduled_run

    def work_through(self, judge: Judge) -> None:
        """Let workers do what is queued until nothing is, at the times for which it is queued."""
        while self.world.queues.jobs and judge.parts <= MOST_PARTS:
            job, delay_s = self.world.queues.jobs.pop(0)
            judge.waits(self.world, job, delay_s)
            self.world.advance(delay_s)
            self._deliver(job, judge)

    def _deliver(self, job: PullJob, judge: Judge) -> None:
        for deliveries in range(1, 50):
            judge.parts += 1
            try:
                self.world.work(job, deliveries)
            except RetryableError:
                self.world.advance(VISIBILITY_S)  # the queue delivers the job again
                continue
            except CausewayError:
                pass  # the run is closed with its sentence
            return

    def pull(self) -> None:
        """Run once, without a fault."""
        self.begin()
        self.work_through(Judge(""))

    def settle(self) -> None:
        """Run until everything must be known: increments, sweeps, the delete log and the overlap of windows."""
        for seconds in (HOUR_S, 26 * HOUR_S):
            self.world.advance(seconds)
            self.pull()

    def settled(self, state: str = "") -> int:
        """Settle, and return how many records are missed; what follows from a state that was met before is known."""
        if state not in self.missed_after:
            self.settle()
            self.missed_after[state] = self.missed()
        return self.missed_after[state]

    def missed(self) -> int:
        """Return of how many records the product knows another thing than the org holds."""
        for record in self.world.received():
            if record["kind"] in ("deleted", "merged", "left_rule"):
                self.known.pop(record["salesforce_id"], None)
            else:
                self.known[record["salesforce_id"]] = record["values"]["last_name"]
        there = self.world.control("GET", "records/Contact")["records"]
        accounts = {row["Id"]: row for row in self.world.control("GET", "records/Account")["records"]}
        now = {
            row["Id"]: row["LastName"]
            for row in there
            if not row["IsDeleted"] and accounts[row["AccountId"]]["Industry"] == "Banking"
        }
        return len(now.items() ^ self.known.items())


@dataclass
class Judge:
    """Watches one run."""

    run: str
    parts: int = 0
    wordless: bool = False

    def waits(self, world: InProcess, job: PullJob, delay_s: int) -> None:
        """Look at what a run shows while its job is delayed."""
        if delay_s and job.run:
            waiting = world.runs.waiting.get(job.run)
            shows = world.runs.statuses[job.run] == "waiting" and waiting is not None
            if waiting is None or not (shows and waiting.detail and waiting.since_ms and waiting.until_ms):
                self.wordless = True

    def ended(self, world: InProcess) -> Figures:
        """Return what is to be said of the run once nothing is queued for it."""
        runs = {self.run: world.runs.statuses.get(self.run, ""), **world.runs.statuses}
        status = runs[self.run]
        found = Figures(runs=1, how=f"{status}: {world.runs.details.get(self.run, '')}")
        if self.parts > MOST_PARTS or status not in (*RUN_IS_OVER, "waiting") or _is_repeated(world):
            found.endless = 1
        detail = world.runs.details.get(self.run, "")
        is_said = detail and not any(each in detail for each in ("{", "<", "does not foresee"))
        if self.wordless or (status != "completed" and not is_said):
            found.wordless = 1
        return found


def _is_repeated(world: InProcess) -> bool:
    """Tell whether a request that was refused as wrong was sent again unchanged."""
    refused: set[tuple[str, str, str]] = set()
    for method, url, body, status in world.wire.sent:
        if (method, url, body) in refused:
            return True
        if status in WRONG:
            refused.add((method, url, body))
    return False


type Tale = Callable[[Story], Figures]


# ── the runs ──


def first_import() -> Story:
    """Return an org that was never pulled and has enough rows for Bulk API 2.0."""
    return Story()


def increment() -> Story:
    """Return an org with more than a page of edits, soft and hard deletes since the last run."""
    story = _after_two_runs()
    story.world.advance(HOUR_S)
    for record_id in story.contacts[:9]:
        story.edit("Contact", record_id, LastName="Edited")
    story.delete(story.contacts[10])
    story.delete(story.contacts[11], hard=True)
    story.world.advance(3 * HOUR_S)
    return story


def daily_sweep() -> Story:
    """Return an org in which contacts entered and left the rule by their account, without a stamp of their own."""
    story = _after_two_runs()
    story.world.advance(HOUR_S)
    story.edit("Contact", story.contacts[7], LastName="Late")
    story.edit("Contact", story.contacts[8], AccountId=story.accounts[1])
    story.world.advance(HOUR_S)
    story.pull()
    story.edit("Account", story.accounts[1], Industry="Banking")
    story.world.advance(DAY_S)
    return story


def after_a_gap() -> Story:
    """Return an org in which records were deleted beyond the reach of its delete log."""
    story = _after_two_runs()
    story.world.advance(HOUR_S)
    story.delete(*story.contacts[2:4], hard=True)
    story.edit("Account", story.accounts[1], Industry="Banking")
    story.edit("Account", story.accounts[0], Industry="Energy")
    story.world.advance(16 * DAY_S)
    return story


def _after_two_runs() -> Story:
    story = Story()
    story.pull()
    story.world.advance(HOUR_S)
    story.pull()
    return story


STORIES: tuple[Callable[[], Story], ...] = (first_import, increment, daily_sweep, after_a_gap)


# ── the faults ──


def faults() -> Iterator[dict[str, Any]]:
    """Yield every fault that a read may meet: the org's own, then answers that were altered or lost on their way."""
    for code in ERRORS:
        yield {"do": "error", "code": code}
    for do in ("drop_before", "drop_after", "truncate", "garbage", "empty", "expire_session", "html"):
        yield {"do": do}
    for status in (400, 401, 403, 404, 405, 413, 414, 420, 429, 431, 500, 502, 504):
        yield {"do": "html", "status": status}
    yield {"do": "redirect", "message": "https://login.salesforce.com/"}
    yield {"do": "text", "message": "Wrong_Org"}
    yield {"do": "error", "code": "WHO_KNOWS_THIS", "status": 418, "message": "A code of a future release."}
    for how in ALTERATIONS:
        yield {"do": ALTER, "how": how}


def _strikes(answers: Sequence[Answer], only: str) -> Iterator[Strike]:
    for fault in (each for each in faults() if only in json.dumps(each)):
        for at in range(1, len(answers) + 1):
            for for_ever in (False, True):
                strike = Strike(fault, at, for_ever)
                if _meets_a_call(strike, answers):
                    yield strike


def _meets_a_call(strike: Strike, answers: Sequence[Answer]) -> bool:
    """Tell whether an answer of the run is one that is altered so: a page of a query is not the state of a job."""
    if not strike.alters:
        return True
    met = answers[strike.at - 1 :] if strike.for_ever else answers[strike.at - 1 : strike.at]
    return any(ALTERATIONS[strike.alters](answer) for answer in met)


def struck(story: Story, strike: Strike) -> Figures:
    """Run with a fault, then without it, and return what came of it; a fault that meets no call is no run."""
    judge = Judge(story.begin())
    story.world.wire.calls, story.world.wire.strike = 0, strike
    story.world.wire.sent.clear()
    try:
        story.work_through(judge)
    except Endless:
        return Figures(runs=1, endless=1)
    found = judge.ended(story.world)
    story.world.wire.strike = None
    if not story.world.wire.struck:
        return Figures()
    story.world.queues.jobs.clear()
    found.state = hashlib.sha256(story.world.state().encode()).hexdigest()
    found.missed = story.settled(found.state)
    return found


def cancelled(story: Story, at: int) -> Figures:
    """Cancel a run as its `at`th call is sent: one more may be under way, then it has ended."""
    judge = Judge(story.begin())
    story.world.wire.calls = 0

    def cancel(number: int) -> None:
        if number == at:
            story.world.runs.cancelled.add(judge.run)

    story.world.wire.before_call = cancel
    story.work_through(judge)
    found = judge.ended(story.world)
    is_stopped = story.world.runs.statuses[judge.run] in RUN_IS_OVER and story.world.wire.calls <= at + 1
    found.endless |= not is_stopped
    found.missed = story.settled()
    return found


def answers_of(make: Callable[[], Story]) -> list[Answer]:
    """Return the answers of a story's run when nothing fails; what is compiled or cached on the way is so for all tales."""
    story = make()
    story.world.wire.answers.clear()
    story.pull()
    answers = [*story.world.wire.answers]
    struck(story, Strike({"do": "html"}, 1))
    return answers


def campaign(
    every: int = 1, only: str = "", stories: tuple[Callable[[], Story], ...] = STORIES, first: int = 0
) -> Figures:
    """Play every fault at every call of every run, each in a process of its own that begins with the story so far."""
    total = Figures()
    for make in stories:
        answers = answers_of(make)
        tales: list[Tale] = [partial(struck, strike=strike) for strike in _strikes(answers, only)]
        tales += [partial(cancelled, at=at) for at in range(1, len(answers) + 1) if not only]
        story = make()
        for tale, found in _in_children(story, tales[first::every]):
            if found.is_bad:
                print(make, tale, found, file=sys.stderr)
            total.add(found)
    return total


def _in_children(story: Story, tales: Sequence[Tale]) -> Iterator[tuple[Tale, Figures]]:
    """Play each tale in a forked process, so that the story itself is played once; as many at a time as there are cores."""
    gc.collect()
    gc.freeze()  # what the parent has stays shared
    with ExitStack() as opened:
        lines = [opened.enter_context(os.fdopen(_player(story, tales[each::PLAYERS]))) for each in range(PLAYERS)]
        for number, tale in enumerate(tales):
            yield tale, Figures(**json.loads(lines[number % PLAYERS].readline()))
    for _ in range(PLAYERS):
        os.wait()


def _player(story: Story, tales: Sequence[Tale]) -> int:
    """Start a process that plays these tales one after the other, and return where it writes their figures."""

    def play(answer: int) -> None:
        for tale in tales:
            text = _of_a_child(partial(_play, tale, story))
            found = Figures(**json.loads(text)) if text else Figures(runs=1, endless=1)
            story.missed_after |= {found.state: found.missed} if found.state else {}
            os.write(answer, json.dumps(asdict(found)).encode() + b"\n")

    return _forked(play)


def _play(tale: Tale, story: Story, pipe: int) -> None:
    """Play one tale and write its figures to a pipe."""
    os.write(pipe, json.dumps(asdict(tale(story))).encode())


def _of_a_child(play: Callable[[int], None]) -> str:
    pipe = _forked(play)
    with os.fdopen(pipe) as answer:
        text = answer.read()
    os.wait()
    return text


def _forked(play: Callable[[int], None]) -> int:
    """Run this in a process of its own, given where to write, and return where to read."""
    reading, writing = os.pipe()
    gc.disable()
    if os.fork():
        os.close(writing)
        return reading
    os.close(reading)
    try:
        play(writing)
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        os._exit(0)


class _Retrying414(pulls.PullingOrg):
    """Takes a request that is too long for one that passes, as the connector did."""

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        try:
            return super().query(soql, with_deleted=with_deleted)
        except OrgRefused as refused:
            if refused.org_code != "HTTP_414":
                raise
            raise OutcomeUnknown("The org answered with HTTP 414 and no usable result.") from refused


def with_small_pages() -> None:
    """Let few records take several pages, and a first import go by Bulk API 2.0."""
    vars(cursors)["MAX_PAGE"], vars(pulls)["ROWS_PER_LOCATOR"] = PAGE, BULK_PAGE
    vars(bulk)["BULK_ROWS"] = BULK_FROM


def retrying_414(make: Callable[[], Story]) -> Story:
    """Return the story with a connector that repeats what is too long."""
    story = make()
    now_ms = story.world.now_ms
    story.world.pulling_org = lambda org: _Retrying414(org, story.world, now_ms)
    return story


def main(arguments: list[str]) -> int:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--variant", choices=["none", "retry_414"], default="none")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with_small_pages()
    stories = STORIES
    if given.variant == "retry_414":
        stories = tuple(partial(retrying_414, make) for make in STORIES)
    with suppress(KeyboardInterrupt):
        found = campaign(given.every, given.only, stories, given.first)
        lines = (f"{name}: {figure}" for name, figure in found.counts.items())
        print(json.dumps(found.counts) if given.json else "\n".join(lines))
        return 1 if found.is_bad else 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
