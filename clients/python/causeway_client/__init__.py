"""
What a product needs to use Causeway: send changes, handle outcomes, pages and events, call the API.

Begin with `Sender`, `Consumer` and `CausewayApi`.
"""

from causeway_client.api import CausewayApi
from causeway_client.consumer import Consumer, Handlers, Polled
from causeway_client.errors import (
    ApiError,
    ApiUnavailable,
    CausewayClientError,
    Fault,
    InvalidChanges,
    NotSent,
)
from causeway_client.generated.outcomes import FieldWarning, MatchCandidate, Outcome, OutcomesMessage
from causeway_client.generated.push import About, Change, Utterance
from causeway_client.generated.records import Converted, PulledRecord, RecordsMessage
from causeway_client.messages import Event, Unreadable, read_message
from causeway_client.seen import MemorySeenIds, SeenIds, SqliteSeenIds
from causeway_client.sender import Sender, Sent

__all__ = [
    "About",
    "ApiError",
    "ApiUnavailable",
    "CausewayApi",
    "CausewayClientError",
    "Change",
    "Consumer",
    "Converted",
    "Event",
    "Fault",
    "FieldWarning",
    "Handlers",
    "InvalidChanges",
    "MatchCandidate",
    "MemorySeenIds",
    "NotSent",
    "Outcome",
    "OutcomesMessage",
    "Polled",
    "PulledRecord",
    "RecordsMessage",
    "SeenIds",
    "Sender",
    "Sent",
    "SqliteSeenIds",
    "Unreadable",
    "Utterance",
    "read_message",
]
