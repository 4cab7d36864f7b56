"""Assumptions that no question is asked about, with the reason why."""

from __future__ import annotations

_BROWSER = "It takes a person's browser: authorize pages, codes and refresh tokens are no part of the REST API."
_RIGHTS = "It takes a second user without the right, or without access to a record."
_VIEWS_ALL = "It takes a user who may not view all data."
_BULK_1 = (
    "It takes a job of Bulk API 1.0, which cannot be deleted and would stay in Setup for a week; Causeway uses none."
)
_AUTOMATION = "It takes a trigger in the org that exceeds a limit."
_SPENDS = "It would spend an allocation of the org, or block its users."
_INDEX = "The search index is minutes behind."

NOT_ASKED = {
    "bulk.BULK_RESULT_ROWS": "It takes more than 100,000 records.",
    "bulk.BULK_DATE_ZONE": "XML Schema says it; that clients send such dates was seen.",
    **dict.fromkeys(
        (
            f"bulk1.{each}"
            for each in (
                "BULK1_ERROR_CODES",
                "UNKNOWN_BATCH",
                "CLOSED_JOB",
                "NOT_COMPLETED",
                "EMPTY_BATCH",
                "BATCH_TOO_LARGE",
                "TOO_MANY_RECORDS",
                "OTHER_VERSION",
                "FAILED_QUERY",
                "OTHER_ENTITY",
                "NO_ROWS_AS_CSV",
                "JSON_TIMES_IN_MS",
                "NOT_CHUNKABLE_QUERY",
                "CHUNKED_OBJECTS",
            )
        ),
        _BULK_1,
    ),
    "data.rules.HIDDEN_REFERENCE": _RIGHTS,
    "data.rules.UNSEEN_HOLDER": _RIGHTS,
    "data.rules.NO_CREATE_RIGHT": _RIGHTS,
    "data.rules.NO_UPDATE_RIGHT": _RIGHTS,
    "data.rules.CONVERTED_LEAD_MESSAGE": "REST cannot convert a lead.",
    "data.rules.PERSON_CONTACT_WRITE": "It takes an org with person accounts.",
    "data.rules.WRONG_ACCOUNT_FIELDS": "It takes an org with person accounts.",
    "data.rules.LIMIT_EXCEPTION_CODE": _AUTOMATION,
    "data.rules.LIMIT_EXCEPTION_ENDS_ITS_CHUNK": _AUTOMATION,
    "data.rules.LOCK_MESSAGE": "It takes two transactions that meet at one record.",
    "data.storage.EMPTY_UPDATES_PUBLISH": "It takes a subscriber of change events.",
    "oauth.SESSION_NOT_FOR_REST": "It takes a session without the scope api.",
    "oauth.MISSING_VERIFIER": _BROWSER,
    "oauth.MISSING_CHALLENGE": _BROWSER,
    "oauth.REUSED_CODE": _BROWSER,
    "oauth.TOKEN_REQUEST_IN_PROGRESS": "Two refreshes at once could end the grant.",
    "oauth.IDENTITY_SCOPES": "It takes sessions with other scopes.",
    "rest.NO_TOOLING_ACCESS": _RIGHTS,
    "rest.REPEATED_DEVELOPER_NAME": "It would add to the org's Setup.",
    "rest.REPLICATION_END_IS_EXCLUDED": "A record's stamp would have to be a whole minute.",
    "search.MALFORMED_TOKEN": "The place in the message depends on the statement; that such a token is refused is documented.",
    "search.WORDS_ARE_JOINED_BY": _INDEX,
    "search.TEXT_TYPES": _INDEX,
    "server.BROWSER_COOKIE": "Its value is the browser's; whether a cookie comes is asked as settings.cookies.",
    "setup.TOTAL_REQUESTS_EXCEEDED": _SPENDS,
    "setup.CONCURRENT_REQUESTS_EXCEEDED": _SPENDS,
    "setup.LOGINS_PER_HOUR_AND_USER": _SPENDS,
    "setup.ALLOCATION_EXCEEDED_CODE": _SPENDS,
    "setup.APEX_LIMITS": _AUTOMATION,
    "soql.language.ACTIVITY_LISTS": _VIEWS_ALL,
    "soql.language.ACTIVITY_RESTRICTION": _VIEWS_ALL,
    "soql.language.QUERY_TIMEOUT": "It takes a table so large that a query is too slow.",
    "wire.JSON_LIKE_TYPES": "Which resource takes which type differs; Causeway sends JSON and CSV where they are documented.",
}
