"""Golden rows of treatments with mixed feeds, and of the program that bounds their plan."""

from __future__ import annotations

from pathlib import Path

from circularpark.program.assemble import Problem
from circularpark.solve.pools import hoping
from tests.equations.example import Example

# Half of the salt stays, in half as much outlet: its range is that of the feed, 10 to 30 ppm, of
# which the parts are 10, 10 to 20, 20 to 30, and 30.
TANK = {
    "commodities": "id,kind,unit\nraw,water,m3\nclean,water,m3\n",
    "streams": "id,site,commodity,amount,unit,surplus\nrinse,mill,raw,10,m3/h,free\n",
    "markets": (
        "id,site,commodity,direction,price\nwell,mill,raw,buy,1\n"
        "fine,mill,clean,sell,9\nrough,mill,clean,sell,2\n"
    ),
    "technologies": "id,capacity_of\nfilter,raw\n",
    "recipes": "technology,row,commodity,rate\nfilter,1,raw,-1\nfilter,2,clean,0.5\n",
    "processes": "id,site,technology,capacity\ntank,mill,filter,8\n",
    "quality": (
        "item,commodity,property,value,max,removal,parts,unit\nrinse,,salt,30,,,,g/t\n"
        "well,,salt,10,,,,g/t\nfilter,clean,salt,,,0.5,2,g/t\nfine,,salt,,15,,,g/t\n"
    ),
}


class Bound(Example):
    """Rows of the program of the bound."""

    def problem(self, folder: Path) -> Problem:
        return hoping(super().problem(folder))


def of_parts(text: str) -> str:
    """The terms of all four parts."""
    return " + ".join(text.replace("#", str(part)) for part in range(4))


FED = "1.5e-05 matched[rinse, tank, , 2025] + 5e-06 matched[well, tank, , 2025]"
LOW = (
    "part_load[tank, salt, low, 2025]: " + FED + " - 1e-05 part_flow[tank, salt, 0, 2025]"
    " - 1e-05 part_flow[tank, salt, 1, 2025] - 2e-05 part_flow[tank, salt, 2, 2025]"
    " - 3e-05 part_flow[tank, salt, 3, 2025]"
)
HIGH = (
    "part_load[tank, salt, high, 2025]: " + FED + " - 1e-05 part_flow[tank, salt, 0, 2025]"
    " - 2e-05 part_flow[tank, salt, 1, 2025] - 3e-05 part_flow[tank, salt, 2, 2025]"
    " - 3e-05 part_flow[tank, salt, 3, 2025]"
)
EXTRA = " - part_extra[tank, salt, fine, , 2025] - part_extra[tank, salt, rough, , 2025]"

EXAMPLES = (
    Example(
        "part_chosen",
        "one part of four is chosen",
        ("part_chosen[tank, salt, 2025]: " + of_parts("part[tank, salt, #, 2025]") + " == 1",),
        TANK,
    ),
    Example(
        "part_open",
        "half of a capacity of eight comes out",
        tuple(
            f"part_open[tank, salt, {n}, 2025]: -4 part[tank, salt, {n}, 2025]"
            f" + part_flow[tank, salt, {n}, 2025] <= 0"
            for n in range(4)
        ),
        TANK,
    ),
    Example(
        "part_total",
        "the outlet is in one of the parts",
        (
            "part_total[tank, salt, 2025]: -0.5 activity[tank, 2025] + "
            + of_parts("part_flow[tank, salt, #, 2025]")
            + " == 0",
        ),
        TANK,
    ),
    Example(
        "part_sent",
        "what is sent comes from the part",
        tuple(
            f"part_sent[tank, salt, {n}, 2025]: -part_flow[tank, salt, {n}, 2025]"
            f" + part_matched[tank, salt, {n}, fine, , 2025]"
            f" + part_matched[tank, salt, {n}, rough, , 2025] <= 0"
            for n in range(4)
        ),
        TANK,
    ),
    Example(
        "part_match",
        "a match is the sum of its parts",
        tuple(
            f"part_match[tank, {sink}, , salt, 2025]: -matched[tank, {sink}, , 2025] + "
            + of_parts(f"part_matched[tank, salt, #, {sink}, , 2025]")
            + " == 0"
            for sink in ("fine", "rough")
        ),
        TANK,
    ),
    Example(
        "part_load",
        "the outlet is between the edges of its part",
        (LOW + " >= 0", HIGH + " <= 0"),
        TANK,
    ),
    Example(
        "quality_limit",
        "a mixed outlet counts at the high edge of its part",
        (
            (
                "quality_limit[fine, salt, max, 2025]: -5 part_matched[tank, salt, 0, fine, , 2025]"
                " + 5 part_matched[tank, salt, 1, fine, , 2025]"
                " + 15 part_matched[tank, salt, 2, fine, , 2025]"
                " + 15 part_matched[tank, salt, 3, fine, , 2025] <= 0"
            ),
        ),
        TANK,
    ),
    Bound(
        "quality_limit",
        "in the bound it counts at the low edge and with a load of its own",
        (
            (
                "quality_limit[fine, salt, max, 2025]: -5 part_matched[tank, salt, 0, fine, , 2025]"
                " - 5 part_matched[tank, salt, 1, fine, , 2025]"
                " + 5 part_matched[tank, salt, 2, fine, , 2025]"
                " + 15 part_matched[tank, salt, 3, fine, , 2025]"
                " + 1000000 part_extra[tank, salt, fine, , 2025] <= 0"
            ),
        ),
        TANK,
    ),
    Bound(
        "part_load",
        "in the bound all matches together carry what the feed brings",
        (
            LOW + EXTRA + " >= 0",
            HIGH
            + " + 1e-05 part_matched[tank, salt, 1, fine, , 2025]"
            + " + 1e-05 part_matched[tank, salt, 1, rough, , 2025]"
            + " + 1e-05 part_matched[tank, salt, 2, fine, , 2025]"
            + " + 1e-05 part_matched[tank, salt, 2, rough, , 2025]"
            + EXTRA
            + " <= 0",
        ),
        TANK,
    ),
    Bound(
        "part_extra_most",
        "a load of its own stays within the part",
        tuple(
            f"part_extra_most[tank, salt, {sink}, , 2025]:"
            f" -1e-05 part_matched[tank, salt, 1, {sink}, , 2025]"
            f" - 1e-05 part_matched[tank, salt, 2, {sink}, , 2025]"
            f" + part_extra[tank, salt, {sink}, , 2025] <= 0"
            for sink in ("fine", "rough")
        ),
        TANK,
    ),
)
