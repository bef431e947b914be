"""A machine without a Chinese font: what is said, and that pages bring one."""

from __future__ import annotations

import io
import os
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from tests.show.scenes import small_scene
from tests.show.test_report_bad import toy

from circularpark.cli.main import run
from circularpark.park.folder import find_park
from circularpark.show import draw_flow_map
from circularpark.show.browser import FLAGS, PrintError, browser
from circularpark.show.fonts import FAMILY, FILE, font_folder, has_chinese_font, subset, with_font
from circularpark.show.page import asset
from circularpark.show.report.pdf import print_pdf
from circularpark.show.static_map import static_map
from circularpark.show.style import FONT
from circularpark.words import table

PAGE = "<html><head><style>p{{font-family:{font}}}</style></head><body><p>{text}</p></body></html>"
# A character outside GB 2312 that a firm may have in its name.
RARE = "䶮"


def characters_of(font: bytes) -> set[str]:
    from fontTools.ttLib import TTFont

    return {chr(code) for code in TTFont(io.BytesIO(font)).getBestCmap()}


@pytest.fixture
def no_fonts(monkeypatch, tmp_path) -> Path:
    """A machine that knows no font at all."""
    known = tmp_path / "none.conf"
    known.write_text(
        f'<?xml version="1.0"?><fontconfig><cachedir>{tmp_path}/cache</cachedir></fontconfig>'
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(known))
    return tmp_path


def test_the_font_is_small_and_brings_its_licence():
    assert len(asset(FILE)) < 1_500_000
    licence = asset("NotoSansSC-LICENSE.txt").decode()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert f"'{FAMILY}'" in FONT


def test_it_has_every_character_of_the_words_and_of_the_demo_parks_names():
    known = characters_of(asset(FILE))
    words = {c for entry in table().values() for text in entry.values() for c in text}
    # The signs on buttons are drawn by any machine's font of signs.
    signs = {c for c in words if unicodedata.category(c) == "So"}
    assert {c for c in words if c.isprintable()} - known - signs == set()
    for park in ("toy", "anqing-hightech", "huaining-cement", "kalundborg"):
        folder = find_park(park)
        named = tomllib.loads((folder / "park.toml").read_text("utf-8"))["park"]["name"]
        names = "".join(named.values())
        names += "".join(file.read_text("utf-8") for file in folder.glob("sites.*"))
        assert {c for c in names if c.isprintable()} - known == set()


def test_a_page_brings_only_its_own_characters():
    made = with_font(PAGE.format(font=FONT, text="安庆"))
    assert made.missing == ""
    assert len(made.page) < 40_000
    cut, missing = subset(set("安庆a"))
    assert characters_of(cut) == set("安庆a")
    assert missing == set()


def test_characters_that_it_lacks_are_named():
    assert with_font(PAGE.format(font=FONT, text=f"安{RARE}庆")).missing == RARE


def test_what_a_frame_shows_counts_too():
    frame = "&lt;p&gt;&amp;#24198;&lt;/p&gt;"
    page = f'<style></style><iframe srcdoc="{frame}"></iframe>'
    made = with_font(page)
    assert made.page.startswith("<style>@font-face")
    assert "庆" in characters_of(subset({"庆"})[0])


def test_a_picture_brings_its_font_too():
    svg = static_map(small_scene(), "zh").svg
    made = with_font(svg)
    assert made.page.startswith("<svg ")
    assert made.page.count("@font-face") == 1


def test_what_to_install_is_said(no_fonts, capsys, monkeypatch):
    monkeypatch.setattr("circularpark.show.browser.BROWSERS", ())
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)
    assert not has_chinese_font()
    for lang in ("zh", "en"):
        assert run(["report", "toy", "--out", str(no_fonts / lang), "--lang", lang]) == 0
        assert "apt-get install fonts-noto-cjk" in capsys.readouterr().err


def test_a_picture_file_brings_its_font_on_such_a_machine(no_fonts, capsys):
    file = no_fonts / "map.svg"
    assert run(["map", "toy", "--out", str(file), "--lang", "zh"]) == 0
    assert "apt-get install fonts-noto-cjk" in capsys.readouterr().err
    assert file.read_text("utf-8").count("@font-face") == 1


def test_names_that_the_font_cannot_write_are_told(no_fonts, capsys):
    park = toy(no_fonts, sites=lambda sites: sites.assign(name_zh=f"{RARE}厂"))
    assert run(["map", str(park), "--out", str(no_fonts / "map.svg"), "--lang", "zh"]) == 0
    assert RARE in capsys.readouterr().err


@pytest.fixture
def only_latin(no_fonts, monkeypatch) -> Path:
    """A machine with one font, which has no Chinese."""
    folder = no_fonts / "latin"
    folder.mkdir()
    known = font_folder(folder)
    (folder / "font.ttf").write_bytes(_other_font())
    monkeypatch.setenv("FONTCONFIG_FILE", str(known))
    assert not has_chinese_font()
    return no_fonts


@pytest.mark.browser
@pytest.mark.parametrize("machine", ["no_fonts", "only_latin"])
def test_print_is_in_the_font_that_is_brought(machine, request, no_fonts):
    request.getfixturevalue(machine)
    try:
        browser()
    except PrintError:
        pytest.skip("no browser here")
    page = with_font(PAGE.format(font=FONT, text="安庆高新区 58.7 万吨")).page
    print_pdf(page, no_fonts / "page.pdf")
    assert b"NotoSansCJKsc" in (no_fonts / "page.pdf").read_bytes()


def _other_font() -> bytes:
    """The font's Latin letters alone, under another name."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(subset({chr(code) for code in range(0x20, 0x7F)})[0]))
    font.flavor = None
    for record in font["name"].names:
        record.string = "Plain"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


@pytest.mark.browser
def test_a_map_with_its_font_draws_on_a_machine_without(only_latin):
    playwright = pytest.importorskip("playwright.sync_api")
    from tests.show.watched import CHROMIUM

    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium here")
    scene = replace(small_scene(), title="流向图")
    file = only_latin / "map.html"
    file.write_text(with_font(draw_flow_map(scene, "zh")).page, encoding="utf-8")
    complaints: list[str] = []
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=CHROMIUM, args=list(FLAGS), env=dict(os.environ)
        )
        page = chromium.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector("#map[data-ready=true]", timeout=20_000)
        loaded = page.evaluate("() => [...document.fonts].map((face) => face.status)")
        chromium.close()
    assert complaints == []
    assert loaded == ["loaded"]
