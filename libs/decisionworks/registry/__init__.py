"""Projects, keys and the actors behind them."""

from decisionworks.registry.authenticate import authenticate
from decisionworks.registry.ensure_admin_token import ensure_admin_token
from decisionworks.registry.errors import (
    AdministratorNeeded,
    InvalidProjectName,
    InvalidToken,
    ProjectNameTaken,
    ProjectNotFound,
)
from decisionworks.registry.install import install
from decisionworks.registry.model import Actor, Project
from decisionworks.registry.projects import (
    create_project,
    ensure_default_project,
    keep_model_texts,
    list_projects,
    project_of,
)
from decisionworks.registry.tokens import new_token

__all__ = [
    "Actor",
    "AdministratorNeeded",
    "InvalidProjectName",
    "InvalidToken",
    "Project",
    "ProjectNameTaken",
    "ProjectNotFound",
    "authenticate",
    "create_project",
    "ensure_admin_token",
    "ensure_default_project",
    "install",
    "keep_model_texts",
    "list_projects",
    "new_token",
    "project_of",
]
