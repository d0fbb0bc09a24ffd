"""`dingfen …`: one command, its parts in the modules beside this one."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from dingfen.roomy import roomy

# command -> (module with `add(parser)` that sets `run`, help in one line)
COMMANDS = {
    "serve": ("dingfen.cli.serve", "start web and worker / 启动网页与后台任务"),
    "worker": ("dingfen.cli.worker", "start the worker alone / 只启动后台任务"),
    "migrate": ("dingfen.cli.database", "make or update the database / 建立或更新数据库"),
    "demo": ("dingfen.cli.demo", "load the demo data / 装入演示数据"),
    "import": ("dingfen.cli.imports", "bring data in / 导入数据"),
    "conflict": ("dingfen.cli.conflict", "conflict check / 撞单检测"),
    "match": ("dingfen.cli.match", "records of one customer in files / 名单查重与比对"),
    "policy": ("dingfen.cli.policy", "policy packs / 制度包"),
    "register": ("dingfen.cli.register", "verify, export, prove / 核验、导出、证明"),
    "clocks": ("dingfen.cli.clocks", "working time / 工作时间"),
    "staff": ("dingfen.cli.staff", "accounts and tokens / 账号与令牌"),
    "backup": ("dingfen.cli.backup", "back up to a file / 备份"),
    "restore": ("dingfen.cli.restore", "restore a backup / 还原"),
    "check": ("dingfen.cli.doctor", "check the installation / 检查安装"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is its result (2: wrong usage)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingfen.settings")
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="dingfen", description="定分 Dingfen")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if name == chosen:  # only the chosen command is loaded: `policy lint` needs no Django
            importlib.import_module(module).add(sub)
    options = parser.parse_args(arguments)
    try:
        result: int = roomy(lambda: options.run(options))
    except Exception as error:
        if not (reason := _no_database(error)):
            raise
        print(reason, file=sys.stderr)
        return 2
    return result


def _no_database(error: Exception) -> str:
    """Why there is no usable database here; empty when the error is another one."""
    if "django.db" not in sys.modules:
        return ""
    from django.conf import settings
    from django.db import DatabaseError

    from dingfen.cli.serve import migrated

    if not isinstance(error, DatabaseError):
        return ""
    home = settings.HOME
    try:
        if migrated():
            return ""
    except DatabaseError as unreachable:
        return f"cannot reach the database / 连不上数据库: {unreachable}"
    return (
        f"{home}: no database of this version yet; run `dingfen migrate`, or set DINGFEN_HOME or DATABASE_URL\n"
        f"{home}：还没有本版本的数据库；请先运行 dingfen migrate，或设置 DINGFEN_HOME、DATABASE_URL"
    )


if __name__ == "__main__":
    sys.exit(main())
