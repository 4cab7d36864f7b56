"""Task and Event (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import (
    READ_ONLY,
    checkbox,
    day,
    email,
    is_deleted,
    moment,
    owner,
    phone,
    picklist,
    record_id,
    reference,
    system_fields,
    text,
    textarea,
    whole,
)

CLOSED_TASK_STATUS = "Completed"
WHAT_TARGETS = "Account,Campaign,Case,Opportunity"


def _relations(children: str) -> list[FieldType]:
    return [
        reference("WhoId", "Name ID", "Contact,Lead", children=children),
        reference("WhatId", "Related To ID", WHAT_TARGETS, children=children),
        reference("AccountId", "Account ID", "Account", permissionable=False, **READ_ONLY),
        whole("WhoCount", "Relation Count", permissionable=False, **READ_ONLY),
        whole("WhatCount", "Related To Count", permissionable=False, **READ_ONLY),
    ]


def _call_fields() -> list[FieldType]:
    return [
        picklist("Type", "Type", "Call;Email;Meeting;Other"),
        whole("CallDurationInSeconds", "Call Duration"),
        picklist("CallType", "Call Type", "Internal;Inbound;Outbound", length=40),
        text("CallDisposition", "Call Result", 255),
        text("CallObject", "Call Object Identifier", 255),
    ]


def _task_subtype() -> FieldType:
    return picklist(
        "TaskSubtype",
        "Task Subtype",
        "Task;Email;ListEmail;Cadence;Call;LinkedIn",
        length=40,
        updateable=False,
        restricted_picklist=True,
        permissionable=False,
    )


def task() -> SObjectType:
    """Return Task: due on a day, closed by its status, related to a person and to something."""
    derived: dict[str, Any] = {"permissionable": False, **READ_ONLY}
    fields = [
        record_id("Activity"),
        *_relations("Tasks"),
        picklist("Subject", "Subject", "Call;Send Letter;Send Quote;Other", type="combobox"),
        day("ActivityDate", "Due Date Only"),
        picklist(
            "Status",
            "Status",
            f"Not Started;In Progress;{CLOSED_TASK_STATUS};Waiting on someone else;Deferred",
            default="Not Started",
            nillable=False,
            permissionable=False,
        ),
        picklist("Priority", "Priority", "High;Normal;Low", default="Normal", nillable=False, permissionable=False),
        checkbox("IsHighPriority", "High Priority", **derived),
        owner(queues=True),
        textarea("Description", "Description", 32000),
        is_deleted(),
        checkbox("IsClosed", "Closed", **derived),
        *system_fields(viewed=False),
        checkbox("IsArchived", "Archived", **derived),
        *_call_fields(),
        moment("ReminderDateTime", "Reminder Date/Time", permissionable=False),
        checkbox("IsReminderSet", "Reminder Set", permissionable=False),
        checkbox("IsRecurrence", "Create Recurring Series of Tasks", updateable=False, permissionable=False),
        _task_subtype(),
        moment("CompletedDateTime", "Completed Date", **derived),
        phone("Phone", "Phone", **derived),
        email("Email", "Email", **derived),
    ]
    return SObjectType("Task", "Task", "00T", fields)


def _calendar_fields(derived: dict[str, Any]) -> list[FieldType]:
    return [
        checkbox("IsAllDayEvent", "All-Day Event", permissionable=False),
        moment("ActivityDateTime", "Due Date Time", permissionable=False),
        day("ActivityDate", "Due Date Only", permissionable=False),
        whole("DurationInMinutes", "Duration", permissionable=False),
        moment("StartDateTime", "Start Date Time", permissionable=False),
        moment("EndDateTime", "End Date Time", permissionable=False),
        day("EndDate", "End Date", **derived),
    ]


def event() -> SObjectType:
    """Return Event: in a calendar, from a moment for some minutes or for whole days."""
    derived: dict[str, Any] = {"permissionable": False, **READ_ONLY}
    fields = [
        record_id("Activity"),
        *_relations("Events"),
        picklist("Subject", "Subject", "Call;Email;Meeting;Send Letter/Quote;Other", type="combobox"),
        text("Location", "Location", 255),
        *_calendar_fields(derived),
        textarea("Description", "Description", 32000),
        owner(),
        checkbox("IsPrivate", "Private"),
        picklist(
            "ShowAs", "Show Time As", "Busy;OutOfOffice;Free", default="Busy", length=40, restricted_picklist=True
        ),
        is_deleted(),
        checkbox("IsChild", "Is Child", **derived),
        checkbox("IsGroupEvent", "Is Group Event", **derived),
        *system_fields(viewed=False),
        checkbox("IsArchived", "Archived", **derived),
        picklist("Type", "Type", "Email;Meeting;Other;Call"),
        checkbox("IsRecurrence", "Create Recurring Series of Events", updateable=False, permissionable=False),
        moment("ReminderDateTime", "Reminder Date/Time", permissionable=False),
        checkbox("IsReminderSet", "Reminder Set", permissionable=False),
        picklist(
            "EventSubtype",
            "Event Subtype",
            "Event",
            length=40,
            default="Event",
            updateable=False,
            restricted_picklist=True,
            permissionable=False,
        ),
    ]
    return SObjectType("Event", "Event", "00U", fields)
