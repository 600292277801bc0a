"""Brings the database to its schema and installs project and token; run as a process of its own before the services.

It is a process because migrating needs Alembic and LangGraph, which the supervisor then never has in memory.
"""

from __future__ import annotations

import asyncio
import sys

from decisionworks.cli.supervisor.errors import exit_code_of
from decisionworks.engine.migrate import migrate
from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.settings import read_settings
from decisionworks.registry import install


def main() -> int:
    """Prepare the database of the environment's settings; one line on standard error when that fails."""
    try:
        settings = read_settings()
        migrate(settings.owner_url)
        asyncio.run(install(settings.database_url, settings.admin_token))
    except DecisionworksError as error:
        print(error.message + (f" ({error.remedy})" if error.remedy else ""), file=sys.stderr)
        return exit_code_of(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
