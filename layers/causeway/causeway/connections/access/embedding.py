"""Which pages may embed the console, and what a session for embedding is bound to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pydantic import Field

from causeway.connections.access.frames import ORIGIN
from causeway.contract.names import SOURCE, Strict
from causeway.errors import InvalidRequest

EMBED_LIFE_MS = 15 * 60 * 1000


class Embedding(Strict):
    """The page that a session is for, by its origin, and the one source that it is limited to."""

    origin: str = Field(pattern=ORIGIN, description="Such as https://app.example.com; one of `EmbedOrigins`.")
    source: str | None = Field(default=None, pattern=SOURCE)


def checked_embedding(embedding: Embedding, role: str, embed_origins: Sequence[str]) -> None:
    """Raise InvalidRequest for an origin that may not embed the console, and for operators, who see every tenant."""
    if embedding.origin not in embed_origins:
        raise InvalidRequest(
            f"{embedding.origin} may not embed the console.",
            "Name the origin in the parameter EmbedOrigins and deploy again, or open the console by itself.",
            fields=("embed.origin",),
        )
    if role == "operator":
        raise InvalidRequest(
            "A session for embedding cannot have the role operator: it would show every tenant in another page.",
            "Ask for a session with the role manager, integrator or viewer.",
            fields=("role",),
        )


def embedded_console_url(public_url: str, embedding: Embedding) -> str:
    """Return the address of the frame; it holds no session, which the embedding page hands over in a message."""
    where = f"section=panel&source={quote(embedding.source, safe='')}" if embedding.source else "section=overview"
    return f"{public_url}/console?embed=1#{where}"
