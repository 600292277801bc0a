"""Run validators and generated code away from us, with limits, and say how far away that was."""

from decisionworks.sandbox.collect import collect_file
from decisionworks.sandbox.errors import ExecutionRefused, OutputRefused, SandboxFailed
from decisionworks.sandbox.model import MEBIBYTE, Limits, Purpose, SandboxLevel, SandboxResult, Sockets
from decisionworks.sandbox.probe import escapes, open_sandbox, probe
from decisionworks.sandbox.run import Sandbox, remove_tree

__all__ = [
    "MEBIBYTE",
    "ExecutionRefused",
    "Limits",
    "OutputRefused",
    "Purpose",
    "Sandbox",
    "SandboxFailed",
    "SandboxLevel",
    "SandboxResult",
    "Sockets",
    "collect_file",
    "escapes",
    "open_sandbox",
    "probe",
    "remove_tree",
]
