"""The claims as they were before statements: one update of boto3 per item, sixteen at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.state.claims import UNKNOWN, ClaimTable
from causeway.push.memory.claims.answers import Claim


class SingleItemClaims(ClaimTable):
    """Writes each item alone; all else is ClaimTable's."""

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        ordered = sorted(set(entities))
        return dict(zip(ordered, in_parallel(lambda entity: self._acquire_one(tenant, entity), ordered), strict=True))

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        pairs = sorted(entities.items())
        found = in_parallel(lambda pair: self._point_one(tenant, *pair), pairs)
        return {identifier: entity for (identifier, _), entity in zip(pairs, found, strict=True) if entity != UNKNOWN}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        pairs = sorted(entities.items())
        done = in_parallel(lambda pair: self._complete_one(tenant, pair[0], *pair[1], keep=keep), pairs)
        return {entity for (entity, _), stored in zip(pairs, done, strict=True) if stored}

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        in_parallel(lambda pair: self._release_one(tenant, *pair), sorted(entities.items()))
