"""Every file of a kind can be read by a real parser."""

from __future__ import annotations

from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.kit.words import counted

_TOOLS = {"python": "python", "yaml": "pyyaml", "json": "python", "toml": "python", "hcl": "python-hcl2"}
_VERSION_KEYS = {"json": "python", "toml": "python"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxCheck:
    """Parse all files of one kind."""

    id: str
    kind: str
    suffixes: tuple[str, ...]

    def run(self, workspace: Workspace) -> Verdict:
        """Parse the files inside the sandbox."""
        tool = _TOOLS[self.kind]
        paths = workspace.paths(*self.suffixes)
        if not paths:
            return skipped(f"the repository has no {self.kind} files", tool=tool)
        read = workspace.read("hcl" if self.kind == "hcl" else "text")
        findings = [
            Finding(file=problem["file"], line=problem["line"], rule=problem["rule"], message=problem["message"])
            for problem in read.problems
            if problem["kind"] == self.kind
        ]
        version = read.versions.get(_VERSION_KEYS.get(self.kind, self.kind))
        passed = f"{counted(len(paths), 'file')} can be read"
        return judged(findings, passed=passed, tool=tool, version=version, runs=(read.run,))
