"""`python -m emulator.testing.process`: a local AWS that ends with the process that started it."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

_GRACE_SECONDS: Final = 5


def main() -> None:
    """Serve until SIGTERM, or until stdin closes, which it also does when its writer dies."""
    _end_with(_own_stdin())
    parser = argparse.ArgumentParser(prog="python -m emulator.testing.process")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--iam", action="store_true")
    arguments = parser.parse_args()
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s"
    )
    # Imports take the longest of the start, and whoever started this may die meanwhile.
    from emulator.errors import StateError  # noqa: PLC0415
    from emulator.server import serve  # noqa: PLC0415

    try:
        serve(0, arguments.data, iam=arguments.iam)
    except StateError as error:
        sys.exit(str(error))
    # A thread of the backing emulator that waits must not keep the process.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _own_stdin() -> int:
    """stdin for this process alone: functions that the backing emulator runs read nothing."""
    own = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


def _end_with(pipe: int) -> None:
    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
