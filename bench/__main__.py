"""`python -m bench [acts|workdays|pages …]`: measure, print the table, write bench/results.json."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.core.management import call_command

from bench import engines, pages, workdays
from bench.driver import table, write
from bench.world import World, analyze


def main(names: list[str]) -> int:
    """Measure the named groups, or all."""
    call_command("migrate", verbosity=0)
    world = World()
    groups = {
        "workdays": lambda: workdays.measure(),
        "acts": lambda: engines.measure(world),
        "pages": lambda: pages.measure(world),
    }
    if not names or "pages" in names:
        call_command("load_demo")
    results = []
    for name, measure in groups.items():
        if not names or name in names:
            analyze()
            print(f"… {name}", flush=True)
            results += measure()
    print(table(results))
    write(results, Path(__file__).with_name("results.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
