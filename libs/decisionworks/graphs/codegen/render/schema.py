"""The shape of `fragment.yaml` and `services.yaml`; unknown keys are errors."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_NAME = r"^[a-z][a-z0-9_]*$"


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_module_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Part):
    """When a part applies; every stated line has to hold."""

    pattern: Names = ()
    any_pattern: Names = ()
    not_pattern: Names = ()

    def holds(self, facts: frozenset[str]) -> bool:
        """Say whether the plan has what is asked for and lacks what is ruled out."""
        return (
            all(name in facts for name in self.pattern)
            and (not self.any_pattern or any(name in facts for name in self.any_pattern))
            and not any(name in facts for name in self.not_pattern)
        )


class FileSpec(_Part):
    """One file: its path may contain `[[ names.package ]]`, its template is relative to the fragment's folder."""

    path: str
    template: str
    mode: str = Field("0644", pattern=r"^0(644|755)$")
    when: When = When()


class VariableSpec(_Part):
    """An input of a local module; `value` is the raw HCL expression that the root passes in, `test` what tests do."""

    type: str = "string"
    description: str
    value: str | None = None
    default: str | None = None
    sensitive: bool = False
    test: str | None = None
    when: When = When()


class OutputSpec(_Part):
    """An output of a local module; `root` repeats it as an output of the whole configuration."""

    description: str
    value: str
    root: bool = False
    when: When = When()


class CheckSpec(_Part):
    """What a module's test asserts beyond what follows from its resources."""

    condition: str
    message: str
    when: When = When()


class TerraformSpec(_Part):
    """A local module and its call in the root, or (`call: false`) a shared module that others call by `source`."""

    module: str = Field(pattern=_NAME)
    source: str | None = Field(None, pattern=_NAME)
    call: bool = True
    summary: str = ""
    variables: dict[str, VariableSpec] = {}
    inputs: dict[str, str] = {}
    outputs: dict[str, OutputSpec] = {}
    needs: Names = ()
    checks: tuple[CheckSpec, ...] = ()
    main: str = "terraform/main.tf.j2"
    when: When = When()

    @property
    def folder(self) -> str:
        """The folder of the module below `terraform/modules`."""
        return self.source or self.module

    @property
    def is_own(self) -> bool:
        """Whether the fragment brings the module itself, instead of calling a shared one."""
        return self.source is None


class PythonSpec(_Part):
    """What the generated distribution needs: at run time, in development, where it is deployed, where GPUs are."""

    dependencies: tuple[str, ...] = ()
    dev_dependencies: tuple[str, ...] = ()
    deploy_dependencies: tuple[str, ...] = ()
    gpu_dependencies: tuple[str, ...] = ()


class ImageSpec(_Part):
    """A container image built by `services/<name>/Dockerfile`."""

    name: str = Field(pattern=_NAME)
    kind: Literal["job", "http", "lambda", "worker"]
    command: tuple[str, ...]
    port: int | None = None
    health_path: str | None = None
    gpu: bool = False
    when: When = When()


class MakeTarget(_Part):
    """A target of the generated Makefile."""

    target: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    help: str
    commands: tuple[str, ...]
    needs: Names = ()
    when: When = When()


class CiJob(_Part):
    """A job of the generated CI that runs Makefile targets."""

    name: str
    make: Names


class CiSpec(_Part):
    """Additions to the generated CI."""

    jobs: dict[str, CiJob] = {}


class FragmentDocument(_Part):
    """One `fragment.yaml` or `services.yaml`."""

    version: Literal[1]
    when: When = When()
    uses: Names = ()
    files: tuple[FileSpec, ...] = ()
    terraform: Annotated[tuple[TerraformSpec, ...], BeforeValidator(_as_module_list)] = ()
    python: PythonSpec = PythonSpec()
    images: tuple[ImageSpec, ...] = ()
    make: tuple[MakeTarget, ...] = ()
    ci: CiSpec = CiSpec()
    runbook: str | None = None
