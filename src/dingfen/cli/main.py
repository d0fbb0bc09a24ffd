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
    "serve": ("dingfen.cli.serve", "启动网页与后台任务 / start web and worker"),
    "worker": ("dingfen.cli.worker", "只启动后台任务 / start the worker alone"),
    "migrate": ("dingfen.cli.database", "建立或更新数据库 / make or update the database"),
    "demo": ("dingfen.cli.demo", "装入演示数据 / load the demo data"),
    "import": ("dingfen.cli.imports", "导入数据 / bring data in"),
    "conflict": ("dingfen.cli.conflict", "撞单检测 / conflict check"),
    "match": ("dingfen.cli.match", "名单查重与比对 / records of one customer in files"),
    "policy": ("dingfen.cli.policy", "制度包 / policy packs"),
    "register": ("dingfen.cli.register", "登记簿：核验、导出、证明 / the register: verify, export, prove"),
    "clocks": ("dingfen.cli.clocks", "工作时间 / working time"),
    "staff": ("dingfen.cli.staff", "员工账号 / accounts of staff"),
    "backup": ("dingfen.cli.backup", "备份到文件 / back up to a file"),
    "restore": ("dingfen.cli.restore", "还原备份 / restore a backup"),
    "check": ("dingfen.cli.doctor", "检查安装 / check the installation"),
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
