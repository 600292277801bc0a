"""`python -m tests.scenarios.quick_worker`: the product's worker, spared the slow checks of generated repositories.

Where somebody is to meet it at them, they take CHECKS_TAKE_S seconds all the same.
"""

from __future__ import annotations

import os
import sys

from decisionworks_worker.main import main
from tests.crash.worker_entry import check_quickly

check_quickly(take_s=float(os.environ.get("CHECKS_TAKE_S", "0")))
sys.exit(main())
