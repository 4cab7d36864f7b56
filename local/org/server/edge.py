"""The edge around the org: it separates control calls, keeps the audit log, and applies faults to requests."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable

from ..bulk1.documents import error_document
from ..oauth.errors import OAuthError
from ..oauth.sessions import session_header
from ..wire.messages import OrgError, Request, Response
from ..wire.replies import Reply
from ..wire.request_kinds import VIEW, kind_of
from .audit import AuditEntry
from .error_catalogue import ERRORS
from .facts import BROWSER_COOKIE, CHALLENGE_OF_A_401
from .fault_effects import FaultEffects
from .fault_rules import Fault
from .ports import EdgeOrg

CONTROL = "/_control"
REST = re.compile(r"/services/data/v.+")
BULK1 = re.compile(r"/services/async/.+")
NOT_MODIFIED = 304  # the one refusal without a body


class Edge:
    """Answers requests as the network sees them."""

    def __init__(self, org: EdgeOrg, control: Callable[[Request], Response]) -> None:
        self._org, self._control = org, control
        self._effects = FaultEffects(self._answer, self._refuse, self._apply_later, self._end_session)

    def handle(self, request: Request) -> Reply:
        """Answer one request; audit log and faults cover all but control calls and the web view."""
        if request.path.startswith(CONTROL):
            return Reply(self._guarded(request, self._control))
        kind = kind_of(request.path)
        if kind == VIEW:
            return Reply(self._answer(request))
        org = self._org
        with org.audit.recording(request, kind) as entry:
            fault = org.faults.take(request, kind, self._username(request))
            reply = self._with_fault(fault, request, entry) if fault else Reply(self._answer(request))
            if org.settings.cookies:
                reply.response.headers.setdefault("Set-Cookie", BROWSER_COOKIE)
            org.audit.close(entry, reply)
            return reply

    def _with_fault(self, fault: Fault, request: Request, entry: AuditEntry) -> Reply:
        entry.fault = f"{fault.do} {fault.code}".strip()
        with self._org.limits.running(entry.number):
            return self._effects.apply(fault, request)

    def _answer(self, request: Request) -> Response:
        return self._guarded(request, self._org.dispatch)

    def _guarded(self, request: Request, answer: Callable[[Request], Response]) -> Response:
        """Turn every refusal into its answer; a defect of the simulation answers like one of Salesforce's, and stderr shows it."""
        try:
            return answer(request)
        except OrgError as error:
            return self._error_response(request, error)
        except OAuthError as error:
            return error.response()
        except Exception:  # noqa: BLE001 - the outermost layer: without an answer the client would blame the network
            traceback.print_exc()
            status, message = ERRORS["UNKNOWN_EXCEPTION"]
            return self._error_response(request, OrgError("UNKNOWN_EXCEPTION", message, status=status))

    def _error_response(self, request: Request, error: OrgError) -> Response:
        if BULK1.fullmatch(request.path):
            return error_document(request, error)
        headers = {}
        if error.status == 401:
            headers["WWW-Authenticate"] = CHALLENGE_OF_A_401
        elif REST.fullmatch(request.path):
            headers["Sforce-Limit-Info"] = self._org.limits.header()
        return Response(error.status, None if error.status == NOT_MODIFIED else error.body(), headers)

    def _refuse(self, request: Request, error: OrgError) -> Response:
        """Answer an injected error; it counts as an API call unless it says that the call was not admitted."""
        if error.status not in (401, 403):
            self._org.count(kind_of(request.path), request)
        return self._error_response(request, error)

    def _end_session(self, request: Request) -> None:
        self._org.sessions.end(_token(request))

    def _username(self, request: Request) -> str:
        session = self._org.sessions.find(_token(request))
        return session.username if session else ""

    def _apply_later(self, request: Request, late_s: float) -> None:
        """Run a request after its client was cut off, at most `late_apply_max_s` later on the org's clock."""
        org, clock, generation = self._org, self._org.clock, self._org.generation
        due_ms = clock.now_ms() + round(min(late_s, org.settings.late_apply_max_s) * 1000)

        def apply() -> None:
            if clock.wait_until(due_ms, lambda: generation != org.generation):
                with org.audit.recording(request, kind_of(request.path)) as entry:
                    entry.fault = "applied late"
                    org.audit.close(entry, Reply(self._answer(request)))

        threading.Thread(target=apply, daemon=True, name="late-apply").start()


def _token(request: Request) -> str:
    return (session_header(request) or "").partition(" ")[2]
