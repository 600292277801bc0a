"""`python -m tests.scenarios.quick_worker`: the product's worker, spared the slow checks of generated repositories."""

from __future__ import annotations

import sys

from decisionworks_worker.main import main
from tests.crash.worker_entry import check_quickly

check_quickly()
sys.exit(main())
