"""A real IMAP server for tests: Debian's Dovecot in a folder of its own, as a process that can be killed."""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PASSWORD = "pinwheel-7"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{home}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
maildir_copy_with_hardlinks = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def available() -> bool:
    return shutil.which("dovecot") is not None and os.geteuid() == 0


class Dovecot:
    """`start`, `kill` (as a crash), `put` letters into a mailbox. Any user has one, under the one password."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.config = home / "dovecot.conf"
        self.config.write_text(CONFIG.format(home=home, port=self.port, password=PASSWORD))
        for name in ("run", "state", "mail"):
            (home / name).mkdir()
        shutil.chown(home / "mail", "mail", "mail")
        home.chmod(0o755)  # the server reads mail as another user

    def start(self) -> None:
        self.process = subprocess.Popen(
            [shutil.which("dovecot") or "dovecot", "-F", "-c", str(self.config)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(50):
            try:
                imaplib.IMAP4("127.0.0.1", self.port, timeout=2).logout()
                return
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.1)
        raise RuntimeError((self.home / "log").read_text())

    def kill(self) -> None:
        """End the server and all its children at once, as a crash does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        (self.home / "run" / "master.pid").unlink(missing_ok=True)

    def put(self, user: str, *letters: bytes) -> None:
        line = imaplib.IMAP4("127.0.0.1", self.port, timeout=5)
        line.login(user, PASSWORD)
        for letter in letters:
            found, said = line.append("INBOX", "", None, letter)  # type: ignore[arg-type]
            assert found == "OK", said
        line.logout()
