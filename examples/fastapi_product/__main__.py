"""
Run the product on loopback, against the stack that `make up` started or the one that the environment names.

    python -m examples.fastapi_product [--port 8200]

Reads PUSH_QUEUE_URL, OUTBOUND_QUEUE_URL and CAUSEWAY_TENANT; without them `.local/stack.json`. Prints its address as first line.
"""

from __future__ import annotations

import argparse
import socket
from threading import Event, Thread

import uvicorn
from causeway_client import Consumer, Handlers, Sender

from examples.fastapi_product.app import product
from examples.fastapi_product.deployment import deployment
from examples.fastapi_product.people import People


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.fastapi_product",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8200, help="0 takes a free one (default: 8200)")
    given = parser.parse_args()
    there, people, over = deployment(), People(), Event()
    sender = Sender(there.sqs, there.push_queue_url)
    consumer = Consumer(there.sqs, there.outbound_queue_url, Handlers(outcomes=people.note, records=lambda page: None))
    Thread(target=consumer.run, args=(over.is_set,), daemon=True).start()
    with socket.create_server(("127.0.0.1", given.port)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
        app = product(people, lambda changes: sender.send(there.tenant, "lead", changes))
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
    over.set()


if __name__ == "__main__":
    main()
