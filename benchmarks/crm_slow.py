"""What an import of a CRM export must find, worked out slowly and apart from the product.

`python -m benchmarks.crm_slow DEALS.csv.gz TEAMS.csv.gz` prints counts as JSON. It reads the files with the
standard library, compares every won deal with every other row, and knows nothing of Dingfen.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import sys
from pathlib import Path
from typing import Any


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.date:
    month, day_, year = (int(part) for part in text.split("/"))
    return dt.date(year, month, day_)


def same(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def count(deals: Path, teams: Path) -> dict[str, Any]:
    """Rows, won deals, accounts, disputes, claims, and how many disputes lie within one team."""
    team = {row["sales_agent"]: (row["manager"], row["regional_office"]) for row in rows_of(teams)}
    lines = [
        (row["sales_agent"], same(row["product"]), same(row["account"]), row["deal_stage"] == "Won",
         day(row["engage_date"]), day(row["close_date"]))
        for row in rows_of(deals)
    ]  # fmt: skip
    disputes = claims = within = 0
    for agent, product, account, won, engaged, closed in lines:
        if not won:
            continue
        others = {
            other
            for other, product_, account_, _, engaged_, closed_ in lines
            if other != agent
            and (product_, account_) == (product, account)
            and engaged_ <= closed
            and closed_ >= engaged
        }
        if others:
            disputes += 1
            claims += len(others) + 1
            within += len({team[name] for name in others | {agent}}) == 1
    return {
        "rows": len(lines),
        "won": sum(line[3] for line in lines),
        "accounts": len({line[2] for line in lines}),
        "disputes": disputes,
        "claims": claims,
        "same_unit": within,
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1]), Path(sys.argv[2]))))
