"""The other commands of `causeway` against a deployment in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from causeway.wiring.pull import pull_history
from causeway.wiring.tables import run_table
from causeway_client import CausewayApi
from causeway_client.cli.exits import Exit

from tests.support.clients.deployment import CliStack, Typed, a_deployment, with_api
from tests.support.clients.http import Answer, Asked, session_to
from tests.support.push.world import contact_sync, lead_sync

PEOPLE = "email,last_name\nada@example.com,Lovelace\nalan@example.com,Turing\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CliStack]:
    """A deployment to which two people were pushed: two Contacts, and two Leads refused for want of a company."""
    with pytest.MonkeyPatch.context() as environment, a_deployment(environment) as running:
        running.push.save(contact_sync(create_unless="never"), lead_sync(create_unless="never"))
        file = tmp_path_factory.mktemp("files") / "people.csv"
        file.write_text(PEOPLE)
        assert running.type("push", str(file), "--source", "lead").code == 0
        yield running


def document(typed: Typed) -> Any:
    assert typed.code == 0, typed.err
    return json.loads(typed.out)


def test_the_only_connected_tenant_need_not_be_named(stack: CliStack) -> None:
    typed = stack.type("syncs", "list")
    assert (typed.code, "Tenant: acme" in typed.err) == (0, True)
    assert "lead-contact" in typed.out


def test_connections_are_listed(stack: CliStack) -> None:
    (line,) = document(stack.type("connections", "--json"))["connections"]
    assert (line["tenant"], line["status"]) == ("acme", "connected")
    assert "acme" in stack.type("connections").out


def test_a_link_is_made_for_a_tenant_that_is_named(stack: CliStack) -> None:
    asked: list[Asked] = []

    def answer(call: Asked) -> Answer:
        asked.append(call)
        return Answer(201, {"url": "https://connect.test/?link=1", "expires_at": "2026-11-20T10:15:00Z"})

    own = stack.deployment
    key = Credentials("test", "test")
    api = CausewayApi("http://api.test", credentials=key, region="eu-central-1", session=session_to(answer))
    stack.deployment = with_api(own, api)
    assert stack.type("connect").code == 2
    typed = stack.type("connect", "--tenant", "other", "--user", "ada", "--environment", "sandbox", "--invite")
    stack.deployment = own
    assert "https://connect.test/?link=1" in typed.out.splitlines()
    assert [call.path for call in asked] == ["/v1/tenants/other/connect-links"]
    assert asked[0].body == {"user": "ada", "role": "manager", "environment": "sandbox", "invite": True}


def test_a_sync_is_shown_compared_and_saved_from_a_file(stack: CliStack, tmp_path: Path) -> None:
    shown = document(stack.type("syncs", "show", "lead-contact", "--json"))
    file = tmp_path / "syncs.json"
    file.write_text(json.dumps([shown]))
    assert stack.type("syncs", "diff", str(file)).code == 0
    file.write_text(json.dumps([shown | {"position": 5}]))
    differing = stack.type("syncs", "diff", str(file), "--json")
    assert differing.code == 1
    assert json.loads(differing.out)["differences"] == [
        {"sync": "lead-contact", "place": "position", "now": 1, "file": 5}
    ]
    assert [each["action"] for each in document(stack.type("syncs", "apply", str(file), "--json"))["syncs"]] == [
        "updated"
    ]
    assert [each["action"] for each in document(stack.type("syncs", "apply", str(file), "--json"))["syncs"]] == [
        "unchanged"
    ]
    assert "position" not in stack.type("syncs", "diff", str(file)).out


def test_a_new_sync_of_a_file_is_created(stack: CliStack, tmp_path: Path) -> None:
    rows = "mappings: [{product: last_name, salesforce: LastName}]"
    (tmp_path / "new.yaml").write_text(f"id: visitors\nsource: visitor\nsobject: Contact\n{rows}\n")
    (done,) = document(stack.type("syncs", "apply", str(tmp_path / "new.yaml"), "--json"))["syncs"]
    assert (done["action"], done["sync"]["enabled"]) == ("created", False)
    assert "visitors: visitor → Contact" in stack.type("syncs", "show", "visitors").out


def test_a_ready_template_is_listed_and_saved_from_what_it_shows(stack: CliStack, tmp_path: Path) -> None:
    assert "Opportunity" in stack.type("syncs", "templates").out
    assert {each["name"] for each in document(stack.type("syncs", "templates", "--json"))["templates"]} >= {"deals"}
    (tmp_path / "deals.json").write_text(stack.type("syncs", "templates", "deals").out)
    (done,) = document(stack.type("syncs", "apply", str(tmp_path / "deals.json"), "--json"))["syncs"]
    assert (done["action"], done["id"]) == ("created", "deal-opportunity")
    unknown = stack.type("syncs", "templates", "wishes")
    assert (unknown.code, "Choose one of people" in unknown.err) == (2, True)


def test_a_record_shows_its_ids_and_outcomes(stack: CliStack) -> None:
    found = document(stack.type("record", "lead", "ada@example.com", "--json"))
    assert found["outcomes"]["lead-contact"]["result"] == "created"
    shown = stack.type("record", "lead", "ada@example.com").out
    assert found["links"]["Contact"] in shown
    assert "missing_required_field" in shown


def test_a_record_that_nobody_knows_ends_with_the_apis_sentence(stack: CliStack) -> None:
    typed = stack.type("record", "lead", "nobody")
    assert (typed.code, "There is nothing here for this caller" in typed.err) == (4, True)


def test_parked_changes_are_listed_and_sent_again(stack: CliStack) -> None:
    parked = document(stack.type("parked", "list", "--json"))["parked"]
    assert sorted(each["key"] for each in parked) == ["ada@example.com", "alan@example.com"]
    assert len(document(stack.type("parked", "list", "--limit", "1", "--json"))["parked"]) == 1
    assert document(stack.type("parked", "list", "--code", "converted", "--json"))["parked"] == []
    assert document(stack.type("parked", "redrive", "--code", "missing_required_field", "--json"))["accepted"]
    (group,) = document(stack.type("parked", "groups", "--json"))["groups"]
    assert (group["code"], group["count"]) == ("missing_required_field", 2)
    listed = document(stack.type("parked", "list", "--group", group["group"], "--json"))["parked"]
    assert sorted(each["key"] for each in listed) == ["ada@example.com", "alan@example.com"]
    assert document(stack.type("parked", "redrive", "--group", group["group"], "--json"))["group"] == group["group"]
    under_way = document(stack.type("parked", "redrives", "--json"))["redrives"]
    assert {(each["total"], each["percent"], each["status"]) for each in under_way} == {(2, 0, "waiting")}
    watched = stack.type("parked", "redrive", "--all", "--watch", "--patience", "1")
    assert (watched.code, "0 % of 2" in watched.err) == (5, True), "nobody works it off here"


@pytest.mark.parametrize("arguments", [(), ("--all", "--source", "lead")])
def test_sending_again_needs_a_choice_or_all_and_not_both(stack: CliStack, arguments: tuple[str, ...]) -> None:
    assert stack.type("parked", "redrive", *arguments).code == 2


def test_messages_that_nobody_can_read_are_listed_apart(stack: CliStack) -> None:
    assert "Nothing is parked." in stack.type("parked", "list", "--unreadable").out


def test_the_history_names_the_run_and_its_failing_records(stack: CliStack) -> None:
    (run,) = document(stack.type("history", "--json"))["runs"]
    assert (run["counts"]["created"], run["counts"]["rejected"]) == (2, 2)
    detail = document(stack.type("history", run["id"], "--json"))
    assert {each["code"] for each in detail["failures"]} == {"missing_required_field"}
    assert "Failing records" in stack.type("history", run["id"]).out


def test_the_tail_shows_outcomes_and_leaves_them_to_the_product(stack: CliStack) -> None:
    before = stack.push.sqs.get_queue_attributes(
        QueueUrl=stack.deployment.outbound_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]["ApproximateNumberOfMessages"]
    clock = iter((0.0, 0.0, 9.0))
    stack.clock.now_s = lambda: next(clock)  # type: ignore[method-assign]  # one look, then the time is over
    typed = stack.type("tail", "--for", "5")
    del stack.clock.now_s
    assert "acme  lead  ada@example.com  lead-contact  created" in typed.out
    attributes = stack.push.sqs.get_queue_attributes(
        QueueUrl=stack.deployment.outbound_queue_url, AttributeNames=["All"]
    )["Attributes"]
    present = int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])
    assert (typed.code, present) == (0, int(before))


def test_a_push_sync_asks_the_product_for_its_records(stack: CliStack, tmp_path: Path) -> None:
    typed = stack.type("pull", "run", "lead-contact", "--watch")
    assert (typed.code, "The product was asked to send its records again" in typed.out) == (0, True)


def test_a_sync_that_is_off_does_not_run(stack: CliStack) -> None:
    assert stack.type("pull", "run", "nope").code == 4


@pytest.fixture
def pulled(stack: CliStack) -> CliStack:
    """The deployment with a pull sync, and a pull queue that nobody works on."""
    if "pulled" not in stack.type("syncs", "list").out:
        stack.push.save(contact_sync().model_copy(update={"id": "pulled", "source": "pulled", "direction": "pull"}))
    return stack


def test_a_pull_is_watched_to_its_end(pulled: CliStack) -> None:
    def work() -> None:
        (run,) = [each for each in run_table().page("acme")[0] if each.sync == "pulled" and each.status == "running"]
        pull_history().progress("acme", run.run_id, {"updated": 7}, 1)
        pull_history().ended("acme", run.run_id, "completed")

    pulled.clock.work = work
    typed = pulled.type("pull", "run", "pulled", "--watch", "--json")
    ended = document(typed)
    assert (ended["status"], ended["counts"]["updated"]) == ("completed", 7)


def test_a_pull_that_does_not_move_is_left_alone_with_a_sentence(pulled: CliStack) -> None:
    pulled.stopped()
    typed = pulled.type("pull", "run", "pulled", "--watch", "--patience", "20")
    assert (typed.code, "nothing moved for 20 s" in typed.err) == (5, True)


def test_people_are_looked_up(stack: CliStack) -> None:
    found = document(
        stack.type(
            "lookup", "ada@example.com", "lead:alan", "nobody@example.com", "--field", "Contact.LastName", "--json"
        )
    )
    ada, alan, nobody = found["results"]
    assert (ada["found"], ada["contact"]["values"]) == (True, {"LastName": "Lovelace"})
    assert (alan["found"], nobody["found"]) == (False, False)
    typed = stack.type("lookup", "ada@example.com", "--field", "Contact.LastName", "--field", "Contact.Nope")
    assert (typed.code, ada["contact"]["id"] in typed.out, "Lovelace" in typed.out) == (0, True, True)
    assert "Contact.Nope is left out" in typed.err
    assert stack.type("lookup", "ada@example.com", "--field", "Title").code == Exit.USAGE
