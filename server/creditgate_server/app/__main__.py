"""`python -m creditgate_server.app FD` is one worker process: see `worker`."""

from __future__ import annotations

import sys

from .collector import spare

if __name__ == "__main__":
    spare()
    from .worker import main

    sys.exit(main())
