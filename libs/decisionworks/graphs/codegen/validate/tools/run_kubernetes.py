"""kubernetes-validate, which ends at the first document without a name, made to go on and call it nameless.

run_kubernetes.py ARGUMENTS...
"""

import sys

from kubernetes_validate import utils
from kubernetes_validate.__main__ import main


def called(resource: dict[str, object]) -> str:
    """The kind and name of a document; a name that the cluster completes is one."""
    metadata = resource.get("metadata")
    names = metadata if isinstance(metadata, dict) else {}
    name = names.get("name") or names.get("generateName") or "(no-name)"
    return f"{str(resource.get('kind')).lower()}/{name}"


if __name__ == "__main__":
    utils.kn = called
    sys.exit(main())
