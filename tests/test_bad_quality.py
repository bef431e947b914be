"""What cannot be said of quality, by command on broken copies of a real park, in both languages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from circularpark.cli.main import run

PARK = Path(__file__).parents[1] / "parks" / "huaining-cement"
SOUND, INVALID = 0, 3
RETARDER = (
    "gypsum_retarder,in,fgd_gypsum,-1,,,,,,,,broken,assumption,\n"
    "gypsum_retarder,out,set_retarder,0.9,,,,,,,,broken,assumption,\n"
)
OWN_RETARDER = (
    "gypsum_retarder,缓凝剂,Retarder,fgd_gypsum,160000,0.03,8,15,9,,broken,assumption,,{closed}\n"
)


def broken(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the park in which each (file, pattern, replacement) is changed once."""
    copy = folder / "park"
    shutil.copytree(PARK, copy)
    for name, pattern, text in edits:
        file = copy / name
        found, count = re.subn(pattern, text, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count, (name, pattern)
        file.write_text(found, encoding="utf-8")
    return copy


CASES = {
    "a composition over 100 %": (
        [("quality.csv", r"^coal_river,,Cl,0\.03,", "coal_river,,Cl,130,")],
        ("quality.csv, row 68, column value", "130 % is more than 100 %"),
        ("第 68 行，列 value", "130 % 超过 100%"),
    ),
    "a missing property that a limit needs": (
        [("quality.csv", r"^steel_slag_by_river,,Hg,.*\n", "")],
        ("column property", "no source of steel_slag", "it would count as zero"),
        ("steel_slag 没有任何来源给出该性质", "会被当作零"),
    ),
    "a source that does not tell what a gate limits": (
        [("quality.csv", r"^fly_ash_of_power_plant,,烧失量,.*\n", "")],
        ("'fly_ash_of_power_plant' does not say its '烧失量'", "never taken as zero"),
        ("没有给出性质“烧失量”", "未知的性质不会被当作零"),
    ),
    "a least above a most": (
        [("quality.csv", r"^cement_mill_po,,,,,,,,cem_PO_ck", "cement_mill_po,,,,,70,,,cem_PO_ck")],
        ("column min", "min is 80, above max, which is 70"),
        ("min 为 80，大于 max 的 70",),
    ),
    "an unknown standard": (
        [("quality.csv", r",kiln_cl,", ",kiln_chlor,")],
        ("column standard", "no standard limit called 'kiln_chlor'", "kiln_cl, "),
        ("没有名为“kiln_chlor”的标准限值",),
    ),
    "an element from nothing": (
        [("quality.csv", r"^rdf_preparation,rdf,Cl,1\.0,", "rdf_preparation,rdf,Cl,3.0,")],
        ("'rdf_preparation' makes Cl from nothing: 25.5 kg come out, at most 8.5 kg go in",),
        ("凭空产生 Cl：产出 25.5 kg，投入最多 8.5 kg",),
    ),
    "a mass that does not close": (
        [
            ("recipes.csv", r"\Z", RETARDER),
            ("technologies.csv", r"^(id,.*)$", r"\1,closed"),
            ("technologies.csv", r"\Z", OWN_RETARDER.format(closed="yes")),
        ],
        ("but 0.9 t come out where 1 t go in", "only 0.18 kg of Cl come out"),
        ("每单位产出 0.9 t，投入 1 t", "Cl 只产出 0.18 kg"),
    ),
    "a unit that measures something else": (
        [("quality.csv", r"^coal_river,,Cl,0\.03,,,%,", "coal_river,,Cl,0.03,,,GJ/t,")],
        ("'Cl' is told in GJ/t here and in % before", "a dry and a wet basis"),
        ("性质“Cl”的单位 GJ/t", "干基和湿基"),
    ),
    "a dry limit of what is told wet": (
        [("quality.csv", r"^rdf_feeding,rdf,Cl,(.*rdf_kiln_cl)", r"rdf_feeding,rdf,,\1")],
        ("tells 'Cl'", "limits 'Cl dry': another basis is another property"),
        ("给出的是“Cl”", "限制的是“Cl dry”"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_where_it_stands(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edits, english, chinese = CASES[name]
    folder = broken(tmp_path, *edits)
    for lang, told in (("en", english), ("zh", chinese)):
        assert run(["--lang", lang, "check", str(folder)]) == INVALID
        said = " ".join(capsys.readouterr().err.split())
        for words in told:
            assert words in said, (lang, said)
        problems = re.search(r"has (a|\d+) problem|有 (\d+) 个问题", said)
        assert problems
        # What loses a tenth of its mass loses a tenth of its chlorine, too.
        several = "mass" in name
        assert ("2" if several else "a" if lang == "en" else "1") in problems.groups()


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        ("sludge_landfill,,,,-260", "the park is paid 260", "园区反而收到 260"),
        ("coal_river,,,,-780", "for each unit bought the park is paid 780", "对方付给园区 780"),
        ("mingde_sand_sale,mingde,sand,sell,-55", "the park pays 55", "园区付给对方 55"),
    ],
)
def test_a_price_with_the_wrong_sign_says_who_would_be_paid(
    tmp_path: Path,
    row: str,
    english: str,
    chinese: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    market = row.split(",")[0]
    folder = broken(tmp_path, ("markets.csv", rf"^{market},[^,]*,[^,]*,[^,]*,[^,]*", row))
    for lang, words in (("en", english), ("zh", chinese)):
        assert run(["--lang", lang, "check", str(folder)]) == SOUND
        out = capsys.readouterr()
        assert words in " ".join((out.err + out.out).split())
