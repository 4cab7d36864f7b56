"""What a fault rule does to a request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

from ..wire.messages import OrgError, Request, Response
from ..wire.replies import Reply
from .fault_rules import Fault

HTML = "text/html;charset=UTF-8"
TEXT = "text/plain;charset=UTF-8"
GATEWAY_PAGE = "<html><head><title>{0} Error</title></head><body><h1>{0}</h1><p>Server Error</p></body></html>"


class FaultEffects:
    """Apply rules; `answer` runs the request for real, `refuse` answers an error, `later` runs it after the reply."""

    def __init__(
        self,
        answer: Callable[[Request], Response],
        refuse: Callable[[Request, OrgError], Response],
        later: Callable[[Request, float], None],
        end_session: Callable[[Request], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._answer, self._refuse, self._later = answer, refuse, later
        self._end_session, self._sleep = end_session, sleep

    def apply(self, fault: Fault, request: Request) -> Reply:
        """Return the reply that the client receives."""
        if fault.delay_s:
            self._sleep(fault.delay_s)
        if fault.do in ("drop_before", "late"):
            if fault.do == "late":
                self._later(request, fault.late_s)
            return Reply(dropped=True)
        if fault.do == "expire_session":
            self._end_session(request)
        if fault.do in ("delay", "expire_session"):
            return Reply(self._answer(request))
        if fault.do in ("drop_after", "truncate", "garbage") or fault.applied:
            applied = self._answer(request)
            return self._replaced(fault, request, applied)
        return self._replaced(fault, request, None)

    def _replaced(self, fault: Fault, request: Request, applied: Response | None) -> Reply:
        status = fault.status or 503
        match fault.do:
            case "drop_after":
                return Reply(dropped=True)
            case "truncate":
                return Reply(_long_enough_to_cut(applied or Response()), cut=True)
            case "garbage":
                return Reply(Response(fault.status or 200, "<!-- not what you asked for -->{]", content_type=HTML))
            case "html":
                return Reply(Response(status, fault.message or GATEWAY_PAGE.format(status), content_type=HTML))
            case "text":
                return Reply(Response(fault.status or 403, fault.message, content_type=TEXT))
            case "redirect":
                return Reply(Response(fault.status or 302, headers={"Location": fault.message}))
            case "empty":
                return Reply(Response(status))
            case "oauth_error":
                return Reply(_oauth_refusal(fault, request))
        error = fault.as_error()
        if applied is not None:
            return Reply(Response(error.status, error.body()))
        return Reply(self._refuse(request, error))


def _long_enough_to_cut(response: Response) -> Response:
    """Give an empty answer a body, because half of nothing would look whole."""
    if response.body is None:
        return Response(200, {"truncated": True}, response.headers)
    return response


def _oauth_refusal(fault: Fault, request: Request) -> Response:
    answer = {"error": fault.code, "error_description": fault.message or fault.code}
    if request.path.endswith("/authorize") and "redirect_uri" in request.query:
        answer["state"] = request.query.get("state", "")
        return Response(302, headers={"Location": f"{request.query['redirect_uri']}?{urlencode(answer)}"})
    return Response(fault.status or 400, json.loads(json.dumps(answer)))
