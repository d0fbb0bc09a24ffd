"""`dingfen serve`: the web and the worker together, one image in memory, started once.

On POSIX the program is loaded once and forked: a gunicorn master with two workers, and the worker of
clocks and outbox. Each is started again if it dies. On Windows, or where the linked SQLite may not be
written by several processes, everything runs as threads of one process.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import pkgutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

WEB_WORKERS = 2
PR_SET_PDEATHSIG = 1


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="先装入演示数据 / load the demo data first")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="监听地址 / address")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="端口 / port")
    parser.add_argument("--workers", type=int, default=WEB_WORKERS, help="网页进程数 / processes for pages")
    parser.add_argument(
        "--one-process", action="store_true", help="用线程而不用进程 / threads instead of processes"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prepare the database, then serve until told to stop. 0 after a clean stop."""
    if options.demo:
        os.environ.setdefault("DINGFEN_DEMO", "1")
    os.environ["PORT"] = str(options.port)
    from dingfen.cli.setup import start

    with loading():
        start()
    prepare(options.demo)
    with loading():
        from dingfen.wsgi import application

        warm()
        gc.freeze()  # what is loaded stays, shared between the processes to come
        gc.set_threshold(20_000, 20, 20)  # a page makes so many objects, nearly all of which go by themselves
    announce(options)
    if options.one_process or not several_allowed():
        return threads(application, options)
    return Supervisor(application, options).run()


@contextmanager
def loading() -> Iterator[None]:
    """Modules stay once they are loaded: looking through them for garbage would take a fifth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def prepare(demo: bool) -> None:
    """Bring the database up to date and, when asked, load the demo data once."""
    from django.core.management import call_command
    from django.db import connections

    if not migrated():
        call_command("migrate", verbosity=0, interactive=False)
    if demo:
        from dingfen.demo import load

        load.once(sys.stderr.write)
    connections.close_all()  # no connection may be shared by forked processes


def migrated() -> bool:
    """Whether every migration that comes with the program has been run, told by name without loading any."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    there = {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in pkgutil.iter_modules([str(Path(app.path) / "migrations")])
    }
    return there <= MigrationRecorder(connection).applied_migrations().keys()


def warm() -> None:
    """Load what the first requests need, so that the processes to come share it."""
    from django.template import loader
    from django.urls import get_resolver
    from django.utils import translation

    from dingfen.matching import Record, normalise

    for pattern in get_resolver().url_patterns:
        getattr(pattern, "url_patterns", None)
    for language in ("zh-hans", "en"):
        with translation.override(language):
            translation.gettext("Customers")
    loader.get_template("web/lists/page.html")
    normalise(Record(name="王", phones=("13800000000",)))


def announce(options: argparse.Namespace) -> None:
    lines = [f"定分 Dingfen  http://{options.host}:{options.port}"]
    if options.demo:
        from dingfen.demo import load

        lines += load.sign_ins()
    print("\n".join(lines), flush=True)


def several_allowed() -> bool:
    """Whether several processes may write: POSIX, and PostgreSQL or a SQLite without the WAL-reset fault."""
    from django.db import connection

    from dingfen.database import swap

    return hasattr(os, "fork") and (connection.vendor != "sqlite" or swap.is_safe())


def threads(application: Any, options: argparse.Namespace) -> int:
    """One process: the web in threads, the worker in another."""
    import waitress

    from dingfen import wiring
    from dingfen.roomy import roomy
    from dingfen.worker import Worker

    def web(environ: dict[str, Any], start_response: Any) -> Any:
        return roomy(lambda: application(environ, start_response))

    background = Worker(wiring.CLOCK_HANDLERS, wiring.PERIODIC, wiring.JOBS)
    thread = threading.Thread(target=lambda: roomy(background.run), name="worker")
    thread.start()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))  # waitress ends cleanly on it
    try:
        waitress.serve(web, host=options.host, port=options.port, threads=4, _quiet=True)
    except KeyboardInterrupt:
        pass
    finally:
        background.stop()
        thread.join(timeout=30)
    return 0


def gunicorn(application: Any, options: argparse.Namespace) -> None:
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            shared = Path("/dev/shm")  # noqa: S108 - heartbeat files in memory, as gunicorn advises
            wanted: dict[str, Any] = {
                "bind": [f"{options.host}:{options.port}"],
                "workers": options.workers,
                "worker_class": "sync",
                "timeout": 60,
                "graceful_timeout": 20,
                "loglevel": "warning",
                "proc_name": "dingfen-web",
                "control_socket_disable": True,
                "worker_tmp_dir": str(shared) if shared.is_dir() else None,
            }
            for name, value in wanted.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    Web().run()


def worker_alone() -> None:
    from dingfen.worker import main

    main()


class Supervisor:
    """Forks the two children, starts either again when it ends, and stops both when told to."""

    def __init__(self, application: Any, options: argparse.Namespace) -> None:
        self.jobs: dict[str, Callable[[], None]] = {
            "web": lambda: gunicorn(application, options),
            "worker": worker_alone,
        }
        self.children: dict[int, str] = {}
        self.stopping = False

    def run(self) -> int:
        for name in self.jobs:
            self.start(name)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while self.children:
            self.wait()
        return 0

    def start(self, name: str) -> None:
        pid = os.fork()
        if pid:
            self.children[pid] = name
            return
        status = 1
        try:
            sys.argv = ["dingfen"]  # gunicorn reads it
            die_with_parent()
            self.jobs[name]()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)

    def wait(self) -> None:
        try:
            pid, _ = os.wait()
        except InterruptedError:
            return
        name = self.children.pop(pid, "")
        if name and not self.stopping:
            time.sleep(0.5)  # a child that cannot start must not spin
            self.start(name)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        for pid in self.children:
            os.kill(pid, signal.SIGTERM)


def die_with_parent() -> None:
    """A killed supervisor must not leave its children behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
