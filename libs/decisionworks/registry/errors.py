"""What can go wrong with projects and keys."""

from __future__ import annotations

from uuid import UUID

from decisionworks.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class ProjectNotFound(NotFound):
    """No such project, or not one the caller may know of."""

    code = "project-not-found"

    def __init__(self, project_id: UUID | str) -> None:
        super().__init__(
            f"there is no project {project_id}", remedy="GET /api/v1/projects lists the projects you can use"
        )
        self.project_id = project_id


class ProjectNameTaken(Conflict):
    """Another project has this name."""

    code = "project-name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"a project named {name!r} exists already", remedy="choose another name or use that project")
        self.name = name


class InvalidProjectName(Invalid):
    """A name that is empty, too long or has control characters."""

    code = "invalid-project-name"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the project's name {detail}",
            problems=(FieldProblem(pointer="/name", detail=detail, remedy="1 to 200 printable characters"),),
        )


class AdministratorNeeded(Forbidden):
    """Only an administrator may do this."""

    code = "administrator-needed"


class InvalidToken(Invalid):
    """A token given by the operator that cannot serve as one."""

    code = "invalid-token"
