"""`python -m decisionworks_worker`."""

import sys

from decisionworks_worker.main import main

sys.exit(main())
