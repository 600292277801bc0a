"""Run Terraform commands one after the other, with one provider held open for all of them.

    run_terraform.py SCHEMA COMMANDS

SCHEMA is the directory of the provider that knows only the schema, or `-` where Terraform starts real providers
itself; COMMANDS is a JSON list of argument lists. What those say that are to answer in JSON is the output, what the
others say goes to standard error; the first that fails ends the run with its exit code.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from schema_provider import Listener, Provider

_SOURCE = "registry.terraform.io/hashicorp/aws"


def main() -> int:
    """Hold the provider open and run the commands."""
    schema, commands = sys.argv[1], json.loads(sys.argv[2])
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)  # noqa: TID251 - a program of its own
        if schema != "-":
            listener = stack.enter_context(Listener(Provider(Path(schema))))
            environment["TF_REATTACH_PROVIDERS"] = json.dumps({_SOURCE: _held(listener.address)})
        for command in commands:
            output = None if "-json" in command else sys.stderr
            code = subprocess.run(command, env=environment, stdout=output, check=False).returncode
            if code:
                return code if code > 0 else 128 - code
    return 0


def _held(address: str) -> dict[str, object]:
    """How Terraform finds a provider that it has not started; `Test` means that it does not end it either."""
    return {
        "Protocol": "grpc",
        "ProtocolVersion": 5,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": address},
    }


if __name__ == "__main__":
    sys.exit(main())
