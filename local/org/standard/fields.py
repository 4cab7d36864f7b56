"""One constructor per kind of standard field, with the describe attributes that the kind implies."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import LONG_TEXT_LENGTH, FieldType, PicklistValue

READ_ONLY: dict[str, Any] = {"createable": False, "updateable": False}
CHECKBOX_DEFAULT: dict[str, Any] = {"nillable": False, "defaulted_on_create": True}


def text(name: str, label: str, length: int = 255, **attributes: Any) -> FieldType:
    """Return a string field."""
    return FieldType(name, label, attributes.pop("type", "string"), length=length, **attributes)


def textarea(name: str, label: str, length: int = 255, **attributes: Any) -> FieldType:
    """Return a text area; past 255 characters it can neither be filtered nor sorted nor grouped."""
    if length > LONG_TEXT_LENGTH:
        attributes = {"filterable": False, "sortable": False, "groupable": False, "aggregatable": False, **attributes}
        attributes.setdefault("extra_type_info", "plaintextarea")
    return FieldType(name, label, "textarea", length=length, **attributes)


def email(name: str, label: str, **attributes: Any) -> FieldType:
    """Return an email field of 80 characters."""
    return FieldType(name, label, "email", length=80, **attributes)


def phone(name: str, label: str, **attributes: Any) -> FieldType:
    """Return a phone field of 40 characters."""
    return FieldType(name, label, "phone", length=40, **attributes)


def url(name: str, label: str, **attributes: Any) -> FieldType:
    """Return a URL field of 255 characters."""
    return FieldType(name, label, "url", length=255, **attributes)


def picklist(
    name: str, label: str, values: str, *, default: str = "", length: int = 255, **attributes: Any
) -> FieldType:
    """Return a picklist of the values in `values`, separated by semicolons; a `default` is set when a create gives none."""
    entries = [PicklistValue(value, value, default=value == default) for value in values.split(";") if value]
    if default:
        attributes = {"defaulted_on_create": True, "default_value": None, **attributes}
    return FieldType(
        name, label, attributes.pop("type", "picklist"), length=length, picklist_values=entries, **attributes
    )


def checkbox(name: str, label: str, **attributes: Any) -> FieldType:
    """Return a checkbox: never null, false by default."""
    return FieldType(
        name, label, "boolean", **{**CHECKBOX_DEFAULT, "default_value": False, "aggregatable": False, **attributes}
    )


def whole(name: str, label: str, digits: int = 8, **attributes: Any) -> FieldType:
    """Return an integer field."""
    return FieldType(name, label, "int", digits=digits, **attributes)


def decimal(
    name: str, label: str, precision: int = 18, scale: int = 2, *, type: str = "double", **attributes: Any
) -> FieldType:
    """Return a double, currency or percent field: `precision` digits, `scale` of them after the point."""
    return FieldType(name, label, type, precision=precision, scale=scale, **{"groupable": False, **attributes})


def day(name: str, label: str, **attributes: Any) -> FieldType:
    """Return a date field."""
    return FieldType(name, label, "date", **attributes)


def moment(name: str, label: str, **attributes: Any) -> FieldType:
    """Return a date and time field."""
    return FieldType(name, label, "datetime", **{"groupable": False, **attributes})


def reference(
    name: str,
    label: str,
    targets: str,
    *,
    relationship: str | None = None,
    children: str | None = None,
    **attributes: Any,
) -> FieldType:
    """Return a reference to the sObjects in `targets`, separated by commas; `children` names the way back."""
    return FieldType(
        name,
        label,
        "reference",
        length=18,
        reference_to=targets.split(","),
        relationship_name=relationship or name.removesuffix("Id"),
        child_relationship_name=children,
        name_pointing="," in targets,
        **attributes,
    )


def person_name(**attributes: Any) -> list[FieldType]:
    """Return LastName, FirstName, Salutation and the read-only Name they make."""
    return [
        text(
            "LastName", "Last Name", 80, nillable=False, compound_field_name="Name", permissionable=False, **attributes
        ),
        text("FirstName", "First Name", 40, compound_field_name="Name", **attributes),
        picklist(
            "Salutation",
            "Salutation",
            "Mr.;Ms.;Mrs.;Dr.;Prof.;Mx.",
            length=40,
            compound_field_name="Name",
            **attributes,
        ),
        text("Name", "Full Name", 121, nillable=False, name_field=True, extra_type_info="personname", **READ_ONLY),
    ]


def address(prefix: str, label: str, compound: str = "") -> list[FieldType]:
    """Return the parts of an address and the read-only compound field they make."""
    whole_name = compound or f"{prefix}Address"
    part: dict[str, Any] = {"compound_field_name": whole_name}
    spaced = f"{label} " if label else ""
    accuracies = "Address;NearAddress;Block;Street;ExtendedZip;Zip;Neighborhood;City;County;State;Unknown"
    return [
        textarea(f"{prefix}Street", f"{spaced}Street", 255, **part),
        text(f"{prefix}City", f"{spaced}City", 40, **part),
        text(f"{prefix}State", f"{spaced}State/Province", 80, **part),
        text(f"{prefix}PostalCode", f"{spaced}Zip/Postal Code", 20, **part),
        text(f"{prefix}Country", f"{spaced}Country", 80, **part),
        decimal(f"{prefix}Latitude", f"{spaced}Latitude", 18, 15, **part),
        decimal(f"{prefix}Longitude", f"{spaced}Longitude", 18, 15, **part),
        picklist(
            f"{prefix}GeocodeAccuracy",
            f"{spaced}Geocode Accuracy",
            accuracies,
            length=40,
            restricted_picklist=True,
            **part,
        ),
        FieldType(whole_name, f"{spaced}Address", "address", sortable=False, groupable=False, **READ_ONLY),
    ]


def owner(*, queues: bool = False) -> FieldType:
    """Return OwnerId: the running user by default; a queue only where the sObject allows it."""
    return reference(
        "OwnerId",
        "Owner ID",
        "Group,User" if queues else "User",
        nillable=False,
        defaulted_on_create=True,
        permissionable=False,
    )


def system_fields(*, activity: bool = False, viewed: bool = True) -> list[FieldType]:
    """Return the audit fields every sObject has, and those of activities and recent views."""
    fixed: dict[str, Any] = {**READ_ONLY, "nillable": False, "defaulted_on_create": True, "permissionable": False}
    seen: dict[str, Any] = {**READ_ONLY, "permissionable": False}
    fields = [
        moment("CreatedDate", "Created Date", **fixed),
        reference("CreatedById", "Created By ID", "User", **fixed),
        moment("LastModifiedDate", "Last Modified Date", **fixed),
        reference("LastModifiedById", "Last Modified By ID", "User", **fixed),
        moment("SystemModstamp", "System Modstamp", **fixed),
    ]
    if activity:
        fields.append(day("LastActivityDate", "Last Activity", **seen))
    if viewed:
        fields += [
            moment("LastViewedDate", "Last Viewed Date", **seen),
            moment("LastReferencedDate", "Last Referenced Date", **seen),
        ]
    return fields


def record_id(label: str) -> FieldType:
    """Return the Id field."""
    return FieldType(
        "Id",
        f"{label} ID",
        "id",
        length=18,
        nillable=False,
        defaulted_on_create=True,
        id_lookup=True,
        permissionable=False,
        **READ_ONLY,
    )


def is_deleted() -> FieldType:
    """Return the flag of the recycle bin."""
    return checkbox("IsDeleted", "Deleted", permissionable=False, **READ_ONLY)
