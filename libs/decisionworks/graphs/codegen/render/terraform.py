"""The Terraform parts that no template writes: module calls, variables, outputs and versions files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.graphs.codegen.render.escaping import hcl
from decisionworks.graphs.codegen.render.hcl import format_hcl, wrapped_expression
from decisionworks.graphs.codegen.render.model import Fragment, Selection
from decisionworks.graphs.codegen.render.schema import TerraformSpec
from decisionworks.graphs.codegen.render.terraform_tests import module_test

REQUIRED_TERRAFORM = ">= 1.10.0, < 2.0.0"
REQUIRED_PROVIDER = "~> 6.60"

Evaluate = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFile:
    """A file of a local module and the fragment it belongs to."""

    path: str
    text: str
    fragment: Fragment


def chosen_modules(selection: Selection) -> list[tuple[Fragment, TerraformSpec]]:
    """List the module declarations that apply to the plan, by module name.

    Raises: FragmentBroken, two fragments call a module the same, or a needed module or source is absent.
    """
    pairs = [
        (fragment, spec)
        for fragment in selection.fragments
        for spec in fragment.terraform
        if spec.when.holds(selection.facts)
    ]
    called = [spec.module for _, spec in pairs if spec.call]
    own = {spec.module for _, spec in pairs if spec.is_own}
    doubled = sorted({name for name in called if called.count(name) > 1})
    if doubled:
        raise FragmentBroken(f"Two fragments call a module the same: {', '.join(doubled)}.")
    for fragment, spec in pairs:
        absent = [name for name in spec.needs if name not in called]
        if absent or spec.folder not in own:
            raise FragmentBroken(f"{fragment.owner}: module {spec.module} lacks {absent or spec.folder}.")
    return sorted(pairs, key=lambda pair: pair[1].module)


def module_calls(modules: list[tuple[Fragment, TerraformSpec]], *, evaluate: Evaluate, facts: frozenset[str]) -> str:
    """Write the `module` blocks of the root configuration."""
    blocks: list[str] = []
    for _, spec in modules:
        if not spec.call:
            continue
        inputs = {name: variable.value for name, variable in spec.variables.items() if variable.when.holds(facts)}
        given = {name: value for name, value in (inputs | dict(spec.inputs)).items() if value is not None}
        lines = [f"{name} = {wrapped_expression(evaluate(value))}" for name, value in given.items()]
        blocks.append(_block("module", spec.module, [f'source = "./modules/{spec.folder}"', "", *lines]))
    return format_hcl("\n\n".join(blocks))


def root_outputs(modules: list[tuple[Fragment, TerraformSpec]], *, facts: frozenset[str]) -> str:
    """Write the outputs of the root configuration that repeat outputs of modules."""
    blocks = [
        _block(
            "output",
            f"{spec.module}_{name}",
            [
                f"description = {hcl(output.description)}",
                f"value = module.{spec.module}.{name}",
            ],
        )
        for _, spec in modules
        if spec.call
        for name, output in spec.outputs.items()
        if output.root and output.when.holds(facts)
    ]
    return format_hcl("\n\n".join(blocks)) if blocks else "# No module exports anything.\n"


def module_files(
    fragment: Fragment, spec: TerraformSpec, *, main: str, evaluate: Evaluate, facts: frozenset[str]
) -> list[ModuleFile]:
    """Write the files of a fragment's own module around its `main.tf`."""
    texts: Mapping[str, str] = {
        "main.tf": main,
        "variables.tf": _variables(spec, evaluate=evaluate, facts=facts),
        "outputs.tf": _outputs(spec, evaluate=evaluate, facts=facts),
        "versions.tf": VERSIONS,
    }
    folder = f"terraform/modules/{spec.folder}"
    files = [
        ModuleFile(path=f"{folder}/{name}", text=format_hcl(text), fragment=fragment)
        for name, text in texts.items()
        if text.strip()
    ]
    test = module_test(
        spec.folder,
        main=format_hcl(main),
        variables={name: item for name, item in spec.variables.items() if item.when.holds(facts)},
        checks=[(check.condition, check.message) for check in spec.checks if check.when.holds(facts)],
    )
    return [
        *files,
        ModuleFile(path=f"{folder}/README.md", text=_readme(spec, facts=facts), fragment=fragment),
        ModuleFile(path=f"terraform/tests/{spec.folder}.tftest.hcl", text=test, fragment=fragment),
    ]


VERSIONS = f"""
terraform {{
  required_version = "{REQUIRED_TERRAFORM}"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{REQUIRED_PROVIDER}"
    }}
  }}
}}
"""


def _variables(spec: TerraformSpec, *, evaluate: Evaluate, facts: frozenset[str]) -> str:
    blocks = []
    for name, variable in spec.variables.items():
        if not variable.when.holds(facts):
            continue
        lines = [f"description = {hcl(variable.description)}", f"type = {variable.type}"]
        if variable.default is not None:
            lines.append(f"default = {evaluate(variable.default).strip()}")
        if variable.sensitive:
            lines.append("sensitive = true")
        blocks.append(_block("variable", name, lines))
    return "\n\n".join(blocks)


def _outputs(spec: TerraformSpec, *, evaluate: Evaluate, facts: frozenset[str]) -> str:
    return "\n\n".join(
        _block(
            "output", name, [f"description = {hcl(output.description)}", f"value = {evaluate(output.value).strip()}"]
        )
        for name, output in spec.outputs.items()
        if output.when.holds(facts)
    )


def _readme(spec: TerraformSpec, *, facts: frozenset[str]) -> str:
    lines = [f"# Module `{spec.folder}`", "", spec.summary.strip()]
    inputs = [(name, item) for name, item in spec.variables.items() if item.when.holds(facts)]
    outputs = [(name, item) for name, item in spec.outputs.items() if item.when.holds(facts)]
    if inputs:
        lines += ["", "| input | type | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | `{' '.join(item.type.split())}` | {item.description} |" for name, item in inputs]
    if outputs:
        lines += ["", "| output | meaning |", "| --- | --- |"]
        lines += [f"| `{name}` | {item.description} |" for name, item in outputs]
    return "\n".join(lines) + "\n"


def _block(kind: str, name: str, lines: list[str]) -> str:
    return f'{kind} "{name}" {{\n' + "\n".join(lines) + "\n}"
