"""What a sync's mappings and signals select of an sObject; what the org does not show becomes a problem. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import NOT_PULLED, SObjectDescribe
from causeway.syncs.filters import moves_unstamped
from causeway.syncs.mapping.conditions import Expression, condition, product_field
from causeway.syncs.mapping.rows import CONVERSATION, automatic_rows
from causeway.syncs.mapping.translation import product_values
from causeway.syncs.people.columns import Parents, is_visible
from causeway.syncs.signals import SignalRule, conditions_of, signal_rules
from causeway.syncs.sync import Problem, Sync

ACCOUNT_RELATIONS = {"Contact": "Account", "Lead": "ConvertedAccount"}


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What mappings and signals select, spelled as describe does.

    `products`: product field → column. `signals`: name and condition of each. `more`: columns that signals alone read.
    `sweeps`: whether some column can change without a stamp. `problems`: what cannot be read.
    """

    products: Mapping[str, str]
    signals: tuple[tuple[str, Expression], ...]
    rules: tuple[SignalRule, ...]
    more: tuple[str, ...]
    sweeps: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """A path as describe spells it, and whether its value can change without a stamp; empty when it cannot be read."""

    name: str = ""
    sweeps: bool = False


def selected(sync: Sync, describe: SObjectDescribe, parents: Parents) -> Selection:
    """Return what the sync selects, as far as the connected user sees it; `parents` is what is known of parents."""
    mapped = list(_mapped_columns(sync, describe, parents))
    rules = tuple(rule._replace(of_org=True) for rule in signal_rules(sync))  # a pull reads records as they are now
    paths = [path for rule in rules for path in _read_paths(rule.expression, describe.name)]
    read = [(path, _column(describe, path, parents)) for path in paths]
    columns = [(path, column) for _, path, column in mapped] + read
    return Selection(
        products={product: column.name for product, _, column in mapped if column.name},
        signals=tuple((rule.name, rule.expression) for rule in rules if rule.kind == "when"),
        rules=rules,
        more=tuple(column.name for _, column in read if column.name),
        sweeps=any(column.sweeps for _, column in columns) or _rule_sweeps(sync, describe, parents),
        problems=tuple(_not_readable(sync, path) for path, column in columns if not column.name),
    )


def _rule_sweeps(sync: Sync, describe: SObjectDescribe, parents: Parents) -> bool:
    return moves_unstamped(sync.pull.filter, describe, {name: each for name, each in parents.items() if each})


def labels_of(
    sync: Sync, products: Mapping[str, str], describe: SObjectDescribe, parents: Parents
) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return, for each product field that is pulled as a label, the labels by value, both of its picklist (as `toLabel` gives them)."""
    related = {name: parent for name, parent in parents.items() if parent}
    found: list[tuple[str, Mapping[str, str]]] = []
    for mapping in sync.mappings:
        product = product_name(mapping.product)
        if mapping.pull_as == "label" and product and product in products:
            field = field_paths.field_at(describe, products[product], related)
            found.append((product, {each.value: each.label for each in field.picklist_values} if field else {}))
    return tuple(found)


def mapped_paths(sync: Sync) -> tuple[str, ...]:
    """Return the Salesforce paths that a sync's mappings and signals name: for `related_describes`."""
    expressions = [found for text in conditions_of(sync).values() if (found := _expression(text))]
    named = (path for expression in expressions for path in _read_paths(expression, sync.sobject))
    return (*(mapping.salesforce for mapping in sync.mappings), *named)


def product_name(expression: str) -> str | None:
    """Return the plain product field that an expression names, None for a computed one, which only a push can use."""
    if expression.strip() == CONVERSATION:
        return None
    try:
        path = product_field(expression).path
    except BrokenMapping:
        return None
    return path[1] if len(path) == 2 and path[0] == "fields" else None


def translations_of(sync: Sync, products: Mapping[str, str]) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return the tables of values backwards, by product field; where several product values mean one, the first is pulled."""
    rows = [(product_name(mapping.product), mapping) for mapping in sync.mappings if mapping.values]
    return tuple((product, product_values(mapping)) for product, mapping in rows if product in products and product)


def without_columns(sync: Sync, products: Mapping[str, str], missing: Collection[str]) -> Sync:
    """Return the sync with only the mappings that need none of these columns, and without signals."""
    kept = {product for product, column in products.items() if column not in missing}
    rows = tuple(row for row in sync.mappings if product_name(row.product) in kept)
    email = sync.email if "Email" not in missing else "off"
    return sync.model_copy(update={"mappings": rows, "signals": {}, "email": email})


def _mapped_columns(sync: Sync, describe: SObjectDescribe, parents: Parents) -> Iterator[tuple[str, str, _Column]]:
    """Yield product field, path and column of each mapping that names a plain product field."""
    automatic = [row for row in automatic_rows(sync, describe) if row.salesforce == "Email"]
    for mapping in (*sync.mappings, *automatic):
        product = product_name(mapping.product)
        if product:
            yield product, mapping.salesforce, _column(describe, mapping.salesforce, parents)


def _column(describe: SObjectDescribe, path: str, parents: Parents) -> _Column:
    """Return the column of a path, an empty one when it cannot be read."""
    related = {name: parent for name, parent in parents.items() if parent}
    try:
        column = field_paths.identifier(describe, path, related)
    except BrokenMapping:
        return _Column()
    found = field_paths.field_at(describe, column, related) if column else None
    is_hidden = not column or not is_visible(describe, column, parents)
    if is_hidden or (found and found.type in NOT_PULLED):
        return _Column()
    return _Column(column, sweeps="." in column or bool(found and found.calculated))


def _not_readable(sync: Sync, path: str) -> Problem:
    message = f"{sync.sobject}.{path} cannot be read: it was removed, or hidden from the connected user."
    return Problem(level="warning", code="field_not_readable", message=message, field=path)


def _expression(text: str) -> Expression | None:
    try:
        return condition(text)
    except BrokenMapping:
        return None  # the save check refuses it


def _read_paths(expression: Expression, sobject: str) -> Iterator[str]:
    """Yield the fields of the sObject, its account and its owner that an expression names."""
    prefixes = {"record": "", "owner": "Owner.", "account": f"{ACCOUNT_RELATIONS.get(sobject, '')}."}
    for root, *path in sorted(expression.reads):
        if path and prefixes.get(root, ".") != ".":
            yield prefixes[root] + ".".join(path)
