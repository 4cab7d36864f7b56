"""Task and Event, and the lists of closed and open ones that their parents have (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.row import Row
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
EVENT_PREFIX = "00U"
WHAT_TARGETS = "Account,Campaign,Case,Opportunity"
HISTORY, OPEN = "ActivityHistory", "OpenActivity"
ACTIVITY_LISTS = frozenset({HISTORY, OPEN})
"""sObjects without records of their own: queries reach their rows, which are tasks and events, as lists of a parent only."""


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
    return SObjectType("Event", "Event", EVENT_PREFIX, fields)


def activity_history() -> SObjectType:
    """Return ActivityHistory: closed tasks and events that are over, as a list of what they are about."""
    return _activity_list(HISTORY, "Activity History", "ActivityHistories")


def open_activity() -> SObjectType:
    """Return OpenActivity: open tasks and events to come, as a list of what they are about."""
    return _activity_list(OPEN, "Open Activity", "OpenActivities")


def _activity_list(name: str, label: str, children: str) -> SObjectType:
    fields = [
        record_id("Activity"),
        reference("AccountId", "Account ID", "Account", children=children, **READ_ONLY),
        reference("WhoId", "Name ID", "Contact,Lead", children=children, **READ_ONLY),
        checkbox("IsTask", "Task", **READ_ONLY),
        text("Subject", "Subject", 255, name_field=True, **READ_ONLY),
        reference("WhatId", "Related To ID", WHAT_TARGETS, children=children, **READ_ONLY),
        *_common_fields(),
    ]
    flags = {**READ_ONLY, "deletable": False, "undeletable": False, "replicateable": False, "queryable": False}
    return SObjectType(name, label, "", fields, **flags)


def _common_fields() -> list[FieldType]:
    """Return what a row of the lists shows of its task or event, and has null where that sObject lacks it."""
    fields = [
        text("Status", "Status", 255, type="picklist", **READ_ONLY),
        text("Priority", "Priority", 255, type="picklist", **READ_ONLY),
        checkbox("IsHighPriority", "High Priority", **READ_ONLY),
        day("ActivityDate", "Date", **READ_ONLY),
        moment("ActivityDateTime", "Due Date Time", **READ_ONLY),
        reference("OwnerId", "Assigned To ID", "User", **READ_ONLY),
        is_deleted(),
        textarea("Description", "Description", 32000, **READ_ONLY),
        checkbox("IsClosed", "Closed", **READ_ONLY),
        *system_fields(viewed=False),
        text("ActivityType", "Type", 40, type="picklist", **READ_ONLY),
        text("ActivitySubtype", "Activity Subtype", 40, type="picklist", **READ_ONLY),
        text("Location", "Location", 255, **READ_ONLY),
        checkbox("IsAllDayEvent", "All-Day Event", **READ_ONLY),
        whole("DurationInMinutes", "Duration", **READ_ONLY),
        moment("StartDateTime", "Start Date Time", **READ_ONLY),
        moment("EndDateTime", "End Date Time", **READ_ONLY),
        moment("CompletedDateTime", "Completed Date", **READ_ONLY),
        checkbox("IsReminderSet", "Reminder Set", **READ_ONLY),
        moment("ReminderDateTime", "Reminder Date/Time", **READ_ONLY),
    ]
    calls = [whole("CallDurationInSeconds", "Call Duration", **READ_ONLY)]
    calls += [
        text(name, label, 255, **READ_ONLY)
        for name, label in (
            ("CallType", "Call Type"),
            ("CallDisposition", "Call Result"),
            ("CallObject", "Call Object Identifier"),
        )
    ]
    return fields + calls


def listed_activity(name: str, activity: Row, now: str) -> Row | None:
    """Return a task or event as a row of one of the two lists; None where it belongs into the other. `now` is a stamp."""
    is_task = not activity["Id"].startswith(EVENT_PREFIX)
    is_over = activity.get("IsClosed") if is_task else activity.get("EndDateTime", "") <= now
    if bool(is_over) != (name == HISTORY):
        return None
    subtype = activity.get("TaskSubtype" if is_task else "EventSubtype")
    return {**activity, "IsTask": is_task, "ActivityType": activity.get("Type"), "ActivitySubtype": subtype}
