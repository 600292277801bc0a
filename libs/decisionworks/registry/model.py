"""Who asks, and for which projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: a person or service behind a key; `project_ids` None means every project."""

    id: UUID
    name: str
    is_administrator: bool
    project_ids: frozenset[UUID] | None
    identified_by: str

    def may_use(self, project_id: UUID) -> bool:
        """Whether this actor may see and work in the project."""
        return self.project_ids is None or project_id in self.project_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One tenant: everything else belongs to one. Prompts and answers of models are kept only where it says so."""

    id: UUID
    name: str
    is_default: bool
    created_at: datetime
    keeps_model_texts: bool

    def to_json(self) -> dict[str, object]:
        """The project as the API shows it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "is_default": self.is_default,
            "created_at": self.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "keeps_model_texts": self.keeps_model_texts,
        }
