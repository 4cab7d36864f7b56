"""Builds the cookies that bind an authorization to the browser that started it."""

from __future__ import annotations

from causeway.connections.access.encoding import digest
from causeway.connections.oauth.ports import ConnectPorts


def cookie_name(state: str, ports: ConnectPorts) -> str:
    """Return the name of the cookie that binds a state to its browser: one per attempt, so that two tabs work side by side."""
    prefix = "__Host-" if ports.public_url.startswith("https://") else ""
    return f"{prefix}causeway-{digest(state)[:16]}"


def cookie(name: str, value: str, life_s: int, ports: ConnectPorts) -> str:
    """Return a cookie for this deployment's pages alone; its flags follow the scheme of the public address."""
    secure = "; Secure" if ports.public_url.startswith("https://") else ""
    return f"{name}={value}; Max-Age={life_s}; Path=/; HttpOnly; SameSite=Lax{secure}"
