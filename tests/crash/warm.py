"""What a fork server loads once, so that each process forked from it starts in a tenth of a second."""

from __future__ import annotations

import decisionworks.llm.vendors.anthropic_messages  # noqa: F401
import decisionworks.llm.vendors.openai_api  # noqa: F401
import decisionworks_api.__main__  # noqa: F401
import decisionworks_worker.main  # noqa: F401
import tests.crash.stage  # noqa: F401
import tests.crash.storm.worker  # noqa: F401
from decisionworks.kit.settings import Settings
from decisionworks.projects.extract import warming_steps
from decisionworks_api.main import create_app
from decisionworks_worker.graphs import graph_definitions
from tests.crash.worker_entry import sandbox_level

# Catalogues, prices, templates, vocabularies and the sandbox's level are kept by whoever looks first. So are the rules
# of every language, which else each worker readies when it has been up for a while.
_SETTINGS = Settings(database_url="postgresql://nowhere")
graph_definitions(_SETTINGS)
create_app(_SETTINGS)
for step in warming_steps():
    step()
sandbox_level()
