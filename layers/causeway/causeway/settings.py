"""The deployment's settings, read once from the environment that template.yaml writes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from causeway.errors import BrokenDeployment


class Settings(NamedTuple):
    """The variables that template.yaml sets; a function gets only those that it needs, the rest stay empty."""

    config_table: str = ""
    state_table: str = ""
    parked_table: str = ""
    parked_bucket: str = ""
    push_queue_url: str = ""
    outbound_queue_url: str = ""
    pull_queue_url: str = ""
    event_bus: str = ""
    relay_queue_arn: str = ""
    notice_queue_url: str = ""
    notice_topic_arn: str = ""
    alarm_topic_arn: str = ""
    webhook_secret_arn: str = ""
    token_broker_function: str = ""
    token_key_id: str = ""
    link_secret_arn: str = ""
    app_secret_arn: str = ""
    tenant_secret_prefix: str = ""
    grant_store: str = "secretsmanager"
    public_url: str = ""
    public_url_parameter: str = ""
    loopback_origins: tuple[str, ...] = ()
    return_urls: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    brand_name: str = ""
    brand_logo_url: str = ""
    brand_color: str = ""
    support_url: str = ""
    salesforce_clouds: tuple[str, ...] = ("standard",)
    push_timeout_s: int = 120
    claim_lease_s: int = 720
    push_visibility_s: int = 720
    unknown_outcome_hold_s: int = 600
    person_wait_s: int = 600
    parked_retention_days: int = 90
    history_retention_days: int = 30
    quota_share_percent: int = 80
    admins_may_set_pull_rules: bool = False
    pull_runs_per_tenant: int = 2
    records_version: int = 1


def read_settings(environment: Mapping[str, str]) -> Settings:
    """
    Return the settings named in `environment` (upper-case names of the fields).

    Raises BrokenDeployment when a number is invalid or the push timings contradict each other.
    """
    given: dict[str, Any] = {}
    for name, kind in Settings.__annotations__.items():
        text = environment.get(name.upper())
        if text is not None and text != "":
            given[name] = _parsed(name, kind, text)
    settings = Settings(**given)
    _check_timings(settings)
    return settings


def _parsed(name: str, kind: Any, text: str) -> Any:
    if kind is int:
        if not text.isdecimal():
            raise BrokenDeployment(
                f"{name.upper()} is '{text}', which is not a whole number.", "Correct the parameter and deploy again."
            )
        return int(text)
    if kind is bool:
        return text.lower() == "true"
    if kind is str:
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _check_timings(settings: Settings) -> None:
    """A write sent just before the timeout may land up to the hold later; only then may a claim pass to another worker."""
    if settings.claim_lease_s < settings.push_timeout_s + settings.unknown_outcome_hold_s:
        raise BrokenDeployment(
            "CLAIM_LEASE_S is shorter than PUSH_TIMEOUT_S + UNKNOWN_OUTCOME_HOLD_S, so two workers could write one record.",
            "Correct the mapping PushTimings of template.yaml and deploy again.",
        )
    if settings.push_visibility_s < 6 * settings.push_timeout_s:
        raise BrokenDeployment(
            "PUSH_VISIBILITY_S is shorter than 6 × PUSH_TIMEOUT_S, so SQS could deliver a batch twice at once.",
            "Correct the mapping PushTimings of template.yaml and deploy again.",
        )
