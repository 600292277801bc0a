"""Everything that can be set from outside, read once at a process's start and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from decisionworks.kit.errors import FieldProblem, Invalid

PREFIX = "DECISIONWORKS_"


class Settings(BaseModel):
    """The settings of one process; every field is the environment variable `DECISIONWORKS_<NAME>`.

    `database_url` is `DATABASE_URL` and `migration_url` is `DATABASE_MIGRATION_URL` (default: the former).
    Units: names end in `_s` for seconds and `_bytes` for bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(description="PostgreSQL 14 to 18, as a URL; empty only where an embedded one is started")
    migration_url: str | None = Field(default=None, description="URL of the owner of the tables, for migrations")
    listen_url: str | None = Field(
        default=None,
        description="direct URL for LISTEN, where database_url is a pooler; without it all is found by polling",
    )
    data_dir: Path = Field(default=Path(".data"), description="artifacts, project repositories, server.json")
    artifacts: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9/_.-]*)?$",
        description="bucket for artifacts, as s3://bucket/prefix; without it they are kept in the data directory",
    )
    artifacts_endpoint: str | None = Field(
        default=None, pattern="^https?://", description="address of a service that speaks S3, where it is not AWS"
    )
    artifacts_region: str | None = Field(default=None, description="region of the bucket, where the role does not say")
    artifacts_kms_key: str | None = Field(
        default=None, description="KMS key that encrypts artifacts; without it S3's own key does"
    )
    host: str = Field(default="127.0.0.1", description="address of the API")
    port: int = Field(default=8000, ge=0, le=65535, description="port of the API")
    worker_host: str = Field(default="127.0.0.1", description="address of the worker's own HTTP")
    worker_port: int = Field(default=0, ge=0, le=65535, description="port of the worker's own HTTP, 0 for none")
    work_secret: SecretStr | None = Field(
        default=None, min_length=20, description="secret that API and workers share for `POST /work`, 20 characters up"
    )
    worker_mode: Literal["loop", "on_request"] = Field(
        default="loop",
        description="on_request: claim only while a `POST /work` is open, for platforms that stop idle instances",
    )
    work_url: str | None = Field(
        default=None, pattern="^https?://", description="address of workers that work on request, for the API to ring"
    )
    work_requests: int = Field(default=4, ge=1, le=64, description="requests that one API process keeps open at most")
    work_request_s: float = Field(default=100.0, ge=1, le=3600, description="longest that one request works")
    work_look_s: float = Field(
        default=3.0, ge=0.1, le=300, description="mean pause between two looks for work that no ring announced"
    )
    worker_slots: int = Field(default=4, ge=1, le=64, description="runs that one worker works at the same time")
    worker_task_slots: int = Field(
        default=100, ge=1, le=5000, description="light jobs that one worker holds at the same time"
    )
    longest_run_s: float = Field(
        default=1800.0, ge=1, le=86_400, description="longest time of one attempt; one that takes longer is tried again"
    )
    keep_finished_days: float = Field(
        default=30.0,
        gt=0,
        le=3650,
        description="days that finished jobs and the saved positions of their runs are kept",
    )
    lease_s: float = Field(
        default=15.0, ge=0.5, le=3600, description="time without a heartbeat until a job is taken over"
    )
    poll_s: float = Field(
        default=1.0, ge=0.02, le=60, description="mean pause between two looks at the queue that no ring announced"
    )
    drain_s: float = Field(default=8.0, ge=0, le=3600, description="time for running nodes to finish after SIGTERM")
    is_direct: bool = Field(
        default=True, description="false where database_url names a pooler in transaction mode (PgBouncer, RDS Proxy)"
    )
    pool_size: int = Field(default=10, ge=2, le=200, description="database connections of one process")
    database_timeout_s: float = Field(default=10.0, gt=0, le=300, description="longest wait for a database connection")
    stream_lifetime_s: float = Field(default=100.0, gt=0, description="an event stream is closed by us after this time")
    ping_s: float = Field(default=10.0, gt=0, description="pause between two pings on an event stream")
    max_body_bytes: int = Field(default=1_000_000, gt=0, description="largest request body")
    rate_limit_per_minute: int = Field(default=1200, gt=0, description="writes that one caller may send in a minute")
    preview_processes: int = Field(
        default=2, ge=1, le=16, description="planner processes of one API process, started when first needed"
    )
    preview_ahead: bool = Field(
        default=True, description="false: no planner process is started before the first preview, which waits for it"
    )
    preview_timeout_s: float = Field(default=2.0, gt=0, le=60, description="longest that one preview may take")
    log_format: Literal["json", "console"] = Field(default="json", description="json, or console for people")
    log_level: str = Field(default="INFO", pattern="^(?i:debug|info|warning|error)$", description="least level logged")
    sandbox_override: bool = Field(
        default=False, description="run generated code even where no sandbox of the needed level exists"
    )
    anthropic_api_key: SecretStr | None = Field(default=None, description="key for Anthropic's models")
    anthropic_base_url: str | None = Field(default=None, description="another address for Anthropic's protocol")
    openai_api_key: SecretStr | None = Field(default=None, description="key for OpenAI's models or a compatible server")
    openai_base_url: str | None = Field(default=None, description="a compatible server, with its /v1")
    openai_protocol: Literal["responses", "chat"] = Field(
        default="responses", description="chat for servers that know only chat completions (vLLM, Ollama)"
    )
    models_extract: str = Field(
        default="",
        description="provider/model, … that read requests, in order; offline is always last; `offline`: none",
    )
    models_question: str = Field(default="", description="the same for putting questions in the user's language")
    models_critic: str = Field(default="", description="the same for both critics")
    models_plan_argument: str = Field(default="", description="the same for arguing a plan in prose")
    models_codegen: str = Field(
        default="",
        description="the same for writing service code, tests and docs; claude-code/model works in a tree of files",
    )
    models_required: str = Field(
        default="",
        description="nodes (extract, question, critic, plan-argument, codegen) that fail rather than go offline",
    )
    codegen_session_s: float = Field(default=600.0, gt=0, le=3600, description="longest that one session of code takes")
    codegen_session_usd: float = Field(default=1.0, gt=0, le=100, description="most that one session of code may cost")
    codegen_turns: int = Field(default=40, ge=1, le=500, description="most turns of one session of code")
    codegen_rounds: int = Field(
        default=3, ge=0, le=3, description="times that findings on written code go back before the template stays"
    )
    model_deadline_s: float = Field(default=120.0, gt=0, le=3600, description="longest that one model may be asked")
    model_request_s: float = Field(default=60.0, gt=0, le=3600, description="longest that one request may take")
    model_pause_s: float = Field(default=20.0, gt=0, le=600, description="longest silence inside an answer")
    model_requests: int = Field(default=4, ge=1, le=10, description="requests of one call, retries included")
    model_first_pause_s: float = Field(default=0.5, gt=0, le=60, description="mean pause before the first retry")
    model_breaker_failures: int = Field(default=3, ge=1, le=100, description="failed calls that open a model's breaker")
    model_breaker_rest_s: float = Field(default=30.0, gt=0, le=3600, description="time that an open breaker rests")
    model_hedge_after_s: float | None = Field(
        default=None, gt=0, description="send a second request when the first takes longer; unset: never"
    )
    model_rate_per_s: float | None = Field(
        default=10.0, ge=0, description="requests a second to one provider, over all workers; 0 for no limit"
    )
    model_at_once: int | None = Field(
        default=8, ge=0, description="requests to one provider at a time, over all workers; 0 for no limit"
    )
    model_budget_call_usd: float | None = Field(
        default=2.0, ge=0, description="most that one call may cost; 0: no limit"
    )
    model_budget_call_tokens: int | None = Field(default=None, ge=0, description="the same in tokens")
    model_budget_run_usd: float | None = Field(default=5.0, ge=0, description="most that one run may cost; 0: no limit")
    model_budget_run_tokens: int | None = Field(default=None, ge=0, description="the same in tokens")
    model_budget_month_usd: float | None = Field(
        default=200.0, ge=0, description="most that one project may cost in a month (UTC); 0: no limit"
    )
    model_budget_month_tokens: int | None = Field(default=None, ge=0, description="the same in tokens")
    langsmith_tracing: bool = Field(default=False, description="send redacted model calls to LangSmith")
    langsmith_endpoint: str = Field(default="https://api.smith.langchain.com", description="where LangSmith is")
    langsmith_api_key: SecretStr | None = Field(default=None, description="key for LangSmith")
    langsmith_project: str = Field(default="decisionworks", description="LangSmith's project")
    admin_token: str | None = Field(
        default=None, min_length=20, description="administrator token to install at migration, instead of a made one"
    )

    @field_validator("worker_mode", "work_url")
    @classmethod
    def _has_a_secret(cls, value: str | None, seen: ValidationInfo) -> str | None:
        if value not in (None, "loop") and seen.data.get("work_secret") is None:
            raise PydanticCustomError("no_secret", "needs DECISIONWORKS_WORK_SECRET, the same for API and workers")
        return value

    @property
    def bell_url(self) -> str | None:
        """The URL for LISTEN and NOTIFY; None where there is only a pooler: nobody could hear, so nobody rings."""
        return self.listen_url or (self.database_url if self.is_direct else None)

    @property
    def owner_url(self) -> str:
        """The URL that migrations use."""
        return self.migration_url or self.database_url


_UNPREFIXED = {
    "database_url": "DATABASE_URL",
    "migration_url": "DATABASE_MIGRATION_URL",
    "listen_url": "DATABASE_LISTEN_URL",
}


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    return _UNPREFIXED.get(field, PREFIX + field.upper())


def read_settings(environment: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Read the environment once; `given` wins over it.

    Raises: Invalid naming the variable, what is wrong and what would be right.
    """
    source = os.environ if environment is None else environment
    values: dict[str, object] = {
        name: source[variable_of(name)] for name in Settings.model_fields if source.get(variable_of(name))
    }
    values.update({name: value for name, value in given.items() if value is not None})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = tuple(_problem(dict(item)) for item in error.errors())
        raise Invalid("; ".join(f"{p.pointer}: {p.detail}" for p in problems), problems=problems) from error


def drop_variables(*prefixes: str) -> None:
    """Take variables out of this process's environment that libraries would act on behind our back."""
    for name in [name for name in os.environ if name.startswith(prefixes)]:
        del os.environ[name]


def _problem(item: Mapping[str, object]) -> FieldProblem:
    location = item["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else "?"
    field = Settings.model_fields.get(name)
    detail = "is not set" if item["type"] == "missing" else str(item["msg"])
    return FieldProblem(
        pointer=variable_of(name), detail=detail, remedy=field.description if field is not None else None
    )
