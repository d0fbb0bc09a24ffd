"""An SMTP server as a process: keeps each letter as a file and dies when told, after keeping, before saying so.

python -m tests.channels.smtp_server PORT FOLDER DIES_AFTER
"""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, folder: Path, dies_after: int) -> None:
        self.folder, self.left = folder, dies_after

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (self.folder / f"{uuid.uuid4().hex}.eml").write_bytes(envelope.content)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return "250 OK"


if __name__ == "__main__":
    Controller(
        Keeper(Path(sys.argv[2]), int(sys.argv[3])), hostname="127.0.0.1", port=int(sys.argv[1])
    ).start()
    while True:
        time.sleep(60)
