"""
TLS before the simulated org, and what a handshake costs.

`python -m local.limits.tls <org's port> <own port> <folder of certificates> [<file to note handshakes in>]` serves until stopped.

Each connection pays the processor time of its handshake, and one more wait in place of the round trips that loopback does not have: TCP
and TLS 1.3 take two before the first request (RFC 8446, section 2), some 30 ms each from a region to a Salesforce instance. Whoever
makes a connection for every call pays it every time.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from contextlib import suppress
from pathlib import Path

from local.limits.certificates import Certificates
from local.limits.met import Met, noting
from local.limits.names import TLS

HANDSHAKE_S = 0.06
CHUNK = 256 * 1024


def server_context(files: Certificates) -> ssl.SSLContext:
    """Return what the server proves itself with; nothing below TLS 1.2, as Salesforce."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.certificate, files.key)
    return context


async def serve(org_port: int, port: int, context: ssl.SSLContext, met: Met) -> asyncio.Server:
    """Pass every connection's bytes to the org and back, after the wait of a handshake; return the server, which serves already."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met()
        await asyncio.sleep(HANDSHAKE_S)
        with suppress(OSError):
            from_org, to_org = await asyncio.open_connection("127.0.0.1", org_port, limit=CHUNK)
            await asyncio.gather(_carry(reader, to_org), _carry(from_org, writer))

    return await asyncio.start_server(connected, "127.0.0.1", port, ssl=context, limit=CHUNK)


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Carry bytes until one side closes or breaks off, then close the other."""
    with suppress(OSError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    with suppress(OSError):
        target.close()
        await target.wait_closed()


async def main(org_port: int, port: int, folder: Path, met_file: str = "") -> None:
    """Serve until stopped; print the address as one line."""
    server = await serve(org_port, port, server_context(Certificates(folder)), noting(TLS, met_file))
    print(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:]))
