"""``circularpark map``: a page or a picture, by the ending of its file."""

from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest

from circularpark.cli.main import run

TITLES = {"zh": "手算小园区：物质与能量交换图", "en": "Toy park: exchanges of energy and materials"}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(file, lang: str = "en") -> int:
    return run(["map", "toy", "--no-store", "--out", str(file), "--lang", lang])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_svg_stands_alone_under_its_title(tmp_path, lang):
    file = tmp_path / "deep" / "map.svg"
    assert drawn(file, lang) == 0
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert root.tag == f"{SVG}svg"
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert texts[0] == TITLES[lang]
    assert float(root.get("width")) == 1280
    assert "http" not in file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")


@pytest.mark.browser
def test_a_png_is_the_same_at_twice_the_density(tmp_path):
    file = tmp_path / "map.PNG"
    assert drawn(file) == 0
    head = file.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", head[16:24])
    assert wide == 2560
    assert high > 1200
    assert [one.name for one in tmp_path.iterdir()] == ["map.PNG"]


@pytest.mark.parametrize(("lang", "told"), [("zh", ".svg 则不需要浏览器"), ("en", "an .svg needs")])
def test_a_png_without_a_browser_names_the_way_out(tmp_path, monkeypatch, capsys, lang, told):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)
    assert drawn(tmp_path / "map.png", lang) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "apt-get install chromium" in said
    assert not (tmp_path / "map.png").exists()


@pytest.mark.parametrize("ending", ["pdf", "jpeg"])
def test_another_ending_is_refused_before_anything_is_solved(tmp_path, capsys, ending):
    assert drawn(tmp_path / f"map.{ending}") == 2
    assert f".{ending}" in capsys.readouterr().err
