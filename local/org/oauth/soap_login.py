"""SOAP `login()` and `logout()`, which older clients use instead of OAuth (SOAP API guide)."""

from __future__ import annotations

from html import escape
from typing import Any
from xml.etree import ElementTree

from ..setup.connected_apps import DEFAULT_CLIENT_ID
from ..wire.api_versions import checked_version
from ..wire.call import Call, Route
from ..wire.messages import Response
from .facts import SOAP_LOGIN_GONE_FROM
from .ports import OAuthOrg

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body></soapenv:Envelope>'
)
INVALID_LOGIN = "Invalid username, password, security token; or user locked out."


def soap(call: Call[OAuthOrg], api: str, version: str) -> Response:
    """POST /services/Soap/u|c/NN.N: log in or out; every other operation is a fault."""
    try:
        root = ElementTree.fromstring(call.request.body)
    except ElementTree.ParseError as error:
        return _fault("UNKNOWN_EXCEPTION", f"The message is not XML: {error}")
    given = {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter()}
    if "logout" in given:
        return _log_out(call, given.get("sessionId", ""))
    if "login" not in given:
        return _fault("INVALID_OPERATION", "Of the SOAP API only login() and logout() are simulated.")
    if checked_version(version) >= SOAP_LOGIN_GONE_FROM:
        return _fault("UNSUPPORTED_API_VERSION", "SOAP login() is not part of this API version.")
    return _log_in(call, given, api, version)


def _log_out(call: Call[OAuthOrg], session_id: str) -> Response:
    if not call.org.sessions.end(session_id):
        return _fault("INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader")
    return _xml(200, "<logoutResponse/>")


def _log_in(call: Call[OAuthOrg], given: dict[str, str], api: str, version: str) -> Response:
    """Check username and password (a security token may follow it); answer a session."""
    user = call.org.users.named(given.get("username", ""))
    if user is None or not given.get("password", "").startswith(call.org.settings.password):
        return _fault("INVALID_LOGIN", INVALID_LOGIN)
    if not call.org.users.is_active(user):
        return _fault("INVALID_LOGIN", INVALID_LOGIN)
    return _session(call, user, api, version)


def _session(call: Call[OAuthOrg], user: dict[str, Any], api: str, version: str) -> Response:
    timeout_s = call.org.settings.session_timeout_s
    session = call.org.sessions.start(user["Id"], user["Username"], DEFAULT_CLIENT_ID, ["full"], timeout_s)
    facts = {
        "organizationId": call.org.org_id,
        "organizationName": call.org.settings.org_name,
        "sessionSecondsValid": str(timeout_s),
        "userEmail": user.get("Email"),
        "userFullName": user.get("Name"),
        "userId": user["Id"],
        "userLanguage": user.get("LanguageLocaleKey"),
        "userLocale": user.get("LocaleSidKey"),
        "userName": user["Username"],
        "userTimeZone": user.get("TimeZoneSidKey"),
        "userType": "Standard",
    }
    info = "".join(f"<{name}>{escape(value or '')}</{name}>" for name, value in facts.items())
    server_url = f"{call.org.origin}/services/Soap/{api}/{version}/{call.org.org_id[:15]}"
    result = (
        f"<metadataServerUrl>{call.org.origin}/services/Soap/m/{version}/{call.org.org_id[:15]}</metadataServerUrl>"
        f"<passwordExpired>false</passwordExpired><sandbox>{str(call.org.settings.is_sandbox).lower()}</sandbox>"
        f"<serverUrl>{server_url}</serverUrl><sessionId>{session.token}</sessionId><userId>{user['Id']}</userId>"
        f"<userInfo>{info}</userInfo>"
    )
    return _xml(200, f"<loginResponse><result>{result}</result></loginResponse>")


def _fault(code: str, message: str) -> Response:
    text = escape(f"{code}: {message}")
    detail = f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{escape(message)}</sf:exceptionMessage>"
    return _xml(
        500,
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{text}</faultstring>"
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault">{detail}</sf:LoginFault></detail></soapenv:Fault>',
    )


def _xml(status: int, content: str) -> Response:
    return Response(status, ENVELOPE.format(content), content_type="text/xml;charset=UTF-8")


ROUTES: list[Route[OAuthOrg]] = [("POST", r"/services/Soap/(?P<api>[uc])/(?P<version>\d+\.\d)(?:/\w*)?", soap)]
