"""Run Checkov's rules on the working directory, in Checkov's own environment, and print its reports as JSON.

The program `checkov` loads every framework that it knows and forks a process for each that it runs: of its 13 seconds
of CPU on a large repository 5 are the rules that are wanted here. No configuration file is read.
"""

import gc
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

_GRAMMARS = "grammars"


def main() -> None:
    """Run the rules and print `[{check_type, results, summary}]`."""
    # Read by Checkov when it is loaded: what a process costs here is more than what it saves.
    os.environ["CHECKOV_PARALLELIZATION_TYPE"] = "none"  # noqa: TID251 - a program of its own
    for grammar in Path(sys.prefix, _GRAMMARS).glob(".lark*"):
        shutil.copy(grammar, tempfile.gettempdir())
    # Nothing that is loaded here becomes garbage.
    gc.disable()
    from checkov.common.runners.runner_registry import RunnerRegistry
    from checkov.dockerfile.runner import Runner as Dockerfiles
    from checkov.github_actions.runner import Runner as Workflows
    from checkov.gitlab_ci.runner import Runner as Pipelines
    from checkov.kubernetes.runner import Runner as Manifests
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.runner import Runner as Terraform

    gc.freeze()
    gc.enable()
    runners = [Terraform(), Dockerfiles(), Workflows(), Pipelines(), Manifests()]
    chosen = RunnerFilter(framework=[runner.check_type for runner in runners], show_progress_bar=False)
    reports = RunnerRegistry("", chosen, *runners).run(root_folder=".")
    print(json.dumps([report.get_dict(is_quiet=True) for report in reports], default=str))


if __name__ == "__main__":
    main()
