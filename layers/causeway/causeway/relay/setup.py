"""
Set up, look at and remove the event relay of a tenant's org. Every step is found done or done now, so setting up may be repeated.

Salesforce makes the partner event source some time after the relay, so the last steps may need a second call; what the connected
user may not do is a step for a person, said in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway.connections.connection import Connection, Status
from causeway.connections.statuses import sentence_of
from causeway.errors import Conflict, MissingPermission, NotConnected, OrgRefused
from causeway.relay.gathering import hinted_syncs
from causeway.relay.hints import event_of
from causeway.relay.parts import CHANNEL, CREDENTIAL, MEMBER, RELAY, Feedback, Found, Place
from causeway.relay.report import LeftOut, RelayReport, Step, report
from causeway.relay.setup_ports import RelayOrg, SetupPorts

RUN = "RUN"
NO_RELAYS = "This org's edition has no Event Relay."
NO_RELAYS_REMEDY = (
    "Event Relay needs Enterprise, Performance, Unlimited or Developer Edition, and is not in Government Cloud. "
    "The schedule of the syncs pulls as before."
)
RIGHTS = (
    "Give the connected user 'View Setup and Configuration' and 'Customize Application' for as long as this takes, or let an "
    "admin of the org do it in Setup; then set the relay up again."
)


class RelaySetup:
    """The event relays of tenants' orgs."""

    def __init__(self, ports: SetupPorts) -> None:
        self._ports = ports

    def set_up(self, tenant: str) -> RelayReport:
        """Do every step that can be done now; raise NotConnected, Conflict (no edition for it) or MissingPermission."""
        connection, org = self._opened(tenant)
        try:
            return self._set_up(connection, org)
        except MissingPermission as error:
            raise MissingPermission(error.message, RIGHTS) from error

    def look(self, tenant: str) -> RelayReport:
        """Return how the relay stands, changing nothing."""
        return self._report(*self._opened(tenant))

    def remove(self, tenant: str) -> None:
        """Take no hints any more; when no other tenant does, remove the bus and what is in the org."""
        org_id = self._ports.connections.get(tenant).org_id[:15]
        self._ports.relays.leave(org_id, tenant)  # also where nothing of the org can be reached any more
        _, org = self._opened(tenant)
        if self._ports.relays.tenants_of(org_id):
            return
        found = org.found(self._ports.place)
        source = org.feedback(found.relay).source if found.relay else ""
        if source and not self._ports.sources.dissociate(source):
            return  # another deployment of this account listens there
        _remove_parts(org, found)

    def _opened(self, tenant: str) -> tuple[Connection, RelayOrg]:
        connection = self._ports.connections.get(tenant)
        if connection.status is not Status.CONNECTED:
            raise NotConnected(*sentence_of(connection))
        return connection, _Explained(self._ports.org(tenant))

    def _set_up(self, connection: Connection, org: RelayOrg) -> RelayReport:
        place = self._ports.place
        found = org.found(place)
        if not found.channel:
            org.create(CHANNEL, place.channel, place.metadata(CHANNEL))
        refused = self._set_members(connection, found, org)
        steps = [
            Step("channel", "done", f"The org has the channel {place.channel}."),
            Step("members", "done", "The channel has the sObjects of the syncs that pull."),
            self._part(CREDENTIAL, found, org),
        ]
        if steps[-1].state == "done":
            steps.append(self._part(RELAY, found, org))
        if steps[-1].state == "done":
            steps += self._connected(connection, org.found(place), org)
        return self._report(connection, org, steps, refused)

    def _set_members(self, connection: Connection, found: Found, org: RelayOrg) -> list[LeftOut]:
        """Let the channel have the sObjects that are pulled and no other; return those that Salesforce refuses."""
        wanted = self._wanted(connection.tenant)
        for sobject, member in found.members.items():
            if sobject not in wanted and not self._is_shared(connection):
                org.delete(MEMBER, member)
        left_out = []
        for sobject in sorted(wanted - set(found.members)):
            place = self._ports.place
            metadata = {"eventChannel": place.channel, "selectedEntity": event_of(sobject)}
            try:
                org.create(MEMBER, place.member(sobject), metadata)
            except OrgRefused as refused:
                left_out.append(LeftOut(sobject, f"Salesforce says: {refused.message}"))
        return left_out

    def _part(self, kind: str, found: Found, org: RelayOrg) -> Step:
        """Make the named credential or the relay, or say how a person makes it."""
        place, name = self._ports.place, "credential" if kind == CREDENTIAL else "relay"
        if not (found.credential if kind == CREDENTIAL else found.relay):
            try:
                org.create(kind, place.name, place.metadata(kind))
            except OrgRefused as refused:
                return Step(name, "person", f"{self._by_hand(kind)} Salesforce says: {refused.message}")
        what = "named credential" if kind == CREDENTIAL else "event relay"
        return Step(name, "done", f"The org has the {what} {place.name}.")

    def _by_hand(self, kind: str) -> str:
        place = self._ports.place
        if kind == CREDENTIAL:
            return (
                "Make it in Salesforce: Setup → Named Credentials → New → New Legacy, with Label and Name "
                f"{place.name} and URL {place.endpoint}; keep the other values. Then set the relay up again."
            )
        return (
            f"Make it in Salesforce: Setup → Event Relays → New Event Relay, with the name {place.name}, the channel "
            f"{place.channel} and the named credential {place.name}. Then set the relay up again."
        )

    def _connected(self, connection: Connection, found: Found, org: RelayOrg) -> Iterator[Step]:
        """Yield the steps from the partner event source to the running relay."""
        source = org.feedback(found.relay).source
        if not source or not self._ports.sources.associate(source):
            yield Step(
                "source",
                "waits",
                "Salesforce makes the partner event source within minutes. Set the relay up again then.",
            )
            return
        yield Step("source", "done", f"AWS has the partner event source {source}.")
        self._ports.relays.follow(connection.org_id[:15], connection.tenant, source, self._ports.now_ms())
        yield Step("bus", "done", "Its event bus sends to Causeway.")
        if found.state != RUN:
            place = self._ports.place
            org.change(RELAY, found.relay, place.name, {**place.metadata(RELAY), "state": RUN})
        yield Step("running", "done", "The relay runs.")

    def _report(
        self,
        connection: Connection,
        org: RelayOrg,
        steps: Sequence[Step] = (),
        refused: Sequence[LeftOut] = (),
    ) -> RelayReport:
        found = org.found(self._ports.place)
        feedback = org.feedback(found.relay) if found.relay else Feedback()
        followed = self._ports.relays.followed(connection.org_id[:15], connection.tenant)
        return report(found, feedback, followed, refused or tuple(self._missing(connection, found)), steps)

    def _missing(self, connection: Connection, found: Found) -> Iterator[LeftOut]:
        for sobject in sorted(self._wanted(connection.tenant) - set(found.members)):
            yield LeftOut(sobject, "The channel does not have it. Set the relay up again to add it.")

    def _wanted(self, tenant: str) -> set[str]:
        return {sync.sobject for sync in hinted_syncs(self._ports.syncs.list(tenant))}

    def _is_shared(self, connection: Connection) -> bool:
        """Tell whether other tenants follow this org, too, so that members may be theirs."""
        return bool(set(self._ports.relays.tenants_of(connection.org_id[:15])) - {connection.tenant})


class _Explained:
    """The org, where the edition's lack of relays is said in a sentence."""

    def __init__(self, org: RelayOrg) -> None:
        self._org = org
        self.create, self.change, self.delete, self.feedback = org.create, org.change, org.delete, org.feedback

    def found(self, place: Place) -> Found:
        """Return what of the relay is in the org; raise Conflict where its edition has no relays."""
        try:
            return self._org.found(place)
        except OrgRefused as refused:
            if refused.org_code != "INVALID_TYPE":
                raise
            raise Conflict(NO_RELAYS, NO_RELAYS_REMEDY) from refused


def _remove_parts(org: RelayOrg, found: Found) -> None:
    """Delete the relay, its members, channel and credential, each after what uses it; a running relay is stopped by that."""
    parts = [(RELAY, found.relay), *((MEMBER, each) for each in found.members.values())]
    for kind, record_id in [*parts, (CHANNEL, found.channel), (CREDENTIAL, found.credential)]:
        if record_id:
            org.delete(kind, record_id)
