"""The ten-minute park of the README solves, in both languages, to the number worked out by hand."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from pyproj import Geod

from circularpark.cli.main import run
from tests.sources import ROOT

READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(
    r"^`([a-z]+\.(?:csv|toml))`[^\n]*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks(readme: str) -> dict[str, str]:
    """File name -> text of the park written in a README."""
    return dict(BLOCK.findall((ROOT / readme).read_text(encoding="utf-8")))


def kilometres(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Length of a candidate link: the straight line with the table's detour of 1.3."""
    return Geod(ellps="WGS84").inv(*one, *two)[2] / 1000 * 1.3


@pytest.fixture(params=READMES)
def riverside(request, tmp_path):
    for name, text in blocks(request.param).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_both_readmes_write_the_same_park():
    english, chinese = (blocks(readme) for readme in READMES)
    assert len(english) == 8
    assert tomllib.loads(english.pop("park.toml")) == tomllib.loads(chinese.pop("park.toml"))
    assert english == chinese


def test_the_park_of_the_readme_saves_what_the_hand_calculation_says(riverside, capsys):
    assert run(["solve", str(riverside), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)

    chemicals, paper, greenhouse = (117.05, 30.54), (117.062, 30.542), (117.078, 30.536)
    power, bricks = (117.045, 30.548), (117.07, 30.55)
    near, far = kilometres(chemicals, paper), kilometres(chemicals, greenhouse)
    # The paper mill's 10 t/h first; the rest of the budget buys a pipe to the greenhouse.
    to_paper = 10 / (1 - 0.02 * near)
    left = 1_200_000 - 60_000 * near * to_paper
    to_greenhouse = left / (60_000 * far)
    bought = 16 - 10 - to_greenhouse * (1 - 0.02 * far)
    steam = bought * 8000 * 0.25
    ash = 4 * 8000 * 0.0001 * kilometres(power, bricks)

    assert answer["baseline"]["co2"]["2025"] == pytest.approx(16 * 8000 * 0.25 + 4 * 8000 * 0.03)
    assert answer["measures"]["co2"]["2025"] == pytest.approx(steam + ash, rel=1e-6)
    assert answer["measures"]["capex"]["2025"] == pytest.approx(1_200_000, rel=1e-6)
    assert answer["measures"]["waste"]["2025"] == pytest.approx(1 * 8000, rel=1e-6)


def test_the_numbers_of_the_readme_are_those_of_the_answer(riverside, capsys):
    run(["solve", str(riverside), "--json"])
    answer = json.loads(capsys.readouterr().out)
    before, after = answer["baseline"]["co2"]["2025"], answer["measures"]["co2"]["2025"]
    assert f"from {round(before, -2):,.0f} to {round(after, -1):,.0f} t" in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
    assert f"每年 {before / 10_000:.2f} 万吨降到 {round(after, -1):,.0f} 吨" in (
        ROOT / "README.zh-CN.md"
    ).read_text(encoding="utf-8")


COMMAND = re.compile(r"^circularpark ([a-z]+)([^#\n]*)", re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_every_command_of_the_readme_has_the_options_that_it_shows(readme, capsys):
    shown = COMMAND.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert len(shown) > 10
    for name, rest in shown:
        run([name, "--help"])
        known = capsys.readouterr().out
        for option in re.findall(r"--[a-z][a-z-]*", rest):
            assert f"{option} " in known, f"{name} {option}"


LIST = re.compile(r"^```csv\n(item,project.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("readme", READMES)
def test_the_list_of_the_readme_is_one_of_its_park(readme, tmp_path, capsys):
    for name, text in blocks(readme).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (listed,) = LIST.findall((ROOT / readme).read_text(encoding="utf-8"))
    (tmp_path / "list.csv").write_text(listed, encoding="utf-8")
    asked = ["evaluate", str(tmp_path), "--projects", str(tmp_path / "list.csv"), "--json"]
    assert run(asked) == 0
    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert project["capex"] == 900_000
    assert project["finances"]["subsidy"] == 100_000
    assert project["finances"]["loan"] == pytest.approx(0.6 * 800_000)


IMAGES = re.compile(r"!\[([^\]]*)\]\((docs/pictures/[^)]+)\)")
LARGEST = 250_000


@pytest.mark.parametrize(("readme", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_pictures_are_small_and_told_in_the_readers_language(readme, lang):
    shown = IMAGES.findall((ROOT / readme).read_text(encoding="utf-8"))
    files = {file for _, file in shown}
    assert files == {
        file.relative_to(ROOT).as_posix() for file in (ROOT / "docs/pictures").glob(f"*_{lang}.png")
    }
    for words, file in shown:
        assert bool(re.search(r"[\u3400-\u9fff]", words)) == (lang == "zh")
        assert len(words) > 5
        assert (ROOT / file).stat().st_size < LARGEST
