"""What the exit codes mean, and the sentence that goes with one. Part of the interface: scripts rely on them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FOUND = 1  # doctor: something is wrong; syncs diff: something differs; relay status: the relay fails
    USAGE = 2  # the command line, or a file given to it, cannot be used
    UNREACHABLE = 3  # no such deployment, no credentials, or it does not answer
    REFUSED = 4  # the API, SQS or the contract refused something
    UNFINISHED = 5  # stopped waiting; what was sent goes on by itself
    INTERRUPTED = 130


class Stop(Exception):
    """Ends the command with a code and a sentence for a person."""

    def __init__(self, code: Exit, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code, self.message, self.remedy = code, message, remedy
