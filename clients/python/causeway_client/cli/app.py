"""`causeway`: works with a deployment from the command line, for people and scripts."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.commands import (
    connecting,
    history,
    lookups,
    overview,
    parked,
    pulling,
    pushing,
    records,
    relay,
    subscriptions,
    syncs,
    tailing,
    verify_aws,
    verify_org,
)
from causeway_client.cli.commands import doctor as doctor_command
from causeway_client.cli.exits import Exit
from causeway_client.cli.group import CausewayGroup
from causeway_client.cli.session import Options, Session, Tools

_CODES = ", ".join(f"{code.value} {code.name.lower()}" for code in Exit)
EPILOG = "--local, --stack, --tenant, --json, --region and --profile may stand anywhere. " + f"Exit codes: {_CODES}."

app = typer.Typer(
    cls=CausewayGroup,
    name="causeway",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=EPILOG,
    help="Work with a deployment of Causeway: connect orgs, push files, look at what became of them.",
)
app.command("connect", epilog=EPILOG)(connecting.connect)
app.command("connections", epilog=EPILOG)(connecting.connections)
app.add_typer(syncs.app, name="syncs")
app.command("overview", epilog=EPILOG)(overview.overview)
app.command("push", epilog=EPILOG)(pushing.push)
app.command("record", epilog=EPILOG)(records.record)
app.command("lookup", epilog=EPILOG)(lookups.lookup)
app.add_typer(pulling.app, name="pull")
app.add_typer(parked.app, name="parked")
app.add_typer(relay.app, name="relay")
app.add_typer(subscriptions.app, name="subscriptions")
app.command("history", epilog=EPILOG)(history.history)
app.command("tail", epilog=EPILOG)(tailing.tail)
app.command("doctor", epilog=EPILOG)(doctor_command.doctor)
app.command("verify-aws", epilog=EPILOG)(verify_aws.verify_aws)
app.command("verify-org", epilog=EPILOG)(verify_org.verify_org)


@app.callback()
def causeway(
    context: typer.Context,
    local: Annotated[
        bool, typer.Option("--local", help="The stack that `make up` started from this checkout.")
    ] = False,
    stack: Annotated[str | None, typer.Option(help="A stack on AWS by its name.  [env: CAUSEWAY_STACK]")] = None,
    tenant: Annotated[
        str | None, typer.Option(help="Whose; without it the only connected one.  [env: CAUSEWAY_TENANT]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")] = False,
    region: Annotated[str | None, typer.Option(help="The AWS region of the stack.")] = None,
    profile: Annotated[str | None, typer.Option(help="The AWS profile to sign with.")] = None,
) -> None:
    """Remember the global options."""
    tools = context.obj if isinstance(context.obj, Tools) else Tools()
    context.obj = Session(Options(local, stack, tenant, as_json, region, profile), tools)


def main() -> None:
    """Run the command line."""
    app(prog_name="causeway")


if __name__ == "__main__":
    main()
