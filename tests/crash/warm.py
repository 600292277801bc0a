"""What a fork server loads once, so that each process forked from it starts in a tenth of a second."""

from __future__ import annotations

import decisionworks_api.__main__  # noqa: F401
import decisionworks_worker.main  # noqa: F401
import tests.crash.stage  # noqa: F401
import tests.crash.storm.worker  # noqa: F401
from decisionworks.kit.settings import Settings
from decisionworks.projects import extract_constraints, load_constraint_catalogue
from decisionworks_api.main import create_app
from decisionworks_worker.graphs import graph_definitions
from tests.crash.worker_entry import sandbox_level
from tests.scenarios.running import CHURN

# Catalogues, prices, templates, vocabularies and the sandbox's level are kept by whoever looks first.
_SETTINGS = Settings(database_url="postgresql://nowhere")
graph_definitions(_SETTINGS)
create_app(_SETTINGS)
extract_constraints(CHURN, data=None, on_missing="assume", catalogue=load_constraint_catalogue())
sandbox_level()
