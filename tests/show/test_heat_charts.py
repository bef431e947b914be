"""Pictures of heat: the numbers they tell, both languages, texts that keep clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from tests.show import heat_scenes
from tests.show.watched import Watched, chromium, clipped, covered, pale, watched

from circularpark.show.chart import spread
from circularpark.show.heat_charts import composite_chart, grand_chart, total_site_chart
from circularpark.show.style import DARK, LIGHT, contrast


def texts(svg: str) -> list[str]:
    """Every text of a picture, in the order in which it stands."""
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_the_four_streams_tell_their_published_numbers():
    drawn = composite_chart(heat_scenes.single("heat_kemp_four_stream"), "Works", "en")
    told = texts(drawn.svg)
    # 20 and 60 kW of utilities, 450 kW recovered, a pinch of 90 and 80 degC; loads are in MW.
    assert {"least heating 20 MW", "least cooling 60 MW", "recoverable 450 MW"} <= set(told)
    assert "pinch 90 / 80 °C" in told
    assert "least heating 20 MW" in drawn.told


def test_small_heat_is_told_in_kilowatts():
    loads = heat_scenes.single("heat_kemp_four_stream")
    small = type(loads)(
        loads.index, loads.hot, loads.supply, loads.target, loads.shift, loads.rate / 1000
    )
    assert "least heating 20 kW" in texts(grand_chart(small, "Works", "en").svg)


@pytest.mark.parametrize("picture", heat_scenes.pictures("zh"), ids=lambda p: p.name)
def test_chinese_pictures_speak_chinese_only(picture):
    for text in [*texts(picture.svg), picture.title, picture.told]:
        words = set(re.findall(r"[A-Za-z]{2,}", text)) - {"MW", "kW"}
        assert not words, text


@pytest.mark.parametrize("picture", heat_scenes.pictures("en"), ids=lambda p: p.name)
def test_english_pictures_speak_english_only(picture):
    for text in [*texts(picture.svg), picture.title, picture.told]:
        assert not re.search(r"[\u3400-\u9fff]", text), text


def test_names_cannot_bring_markup_into_a_picture():
    nasty = '<script>alert(1)</script> & "x"'
    drawn = composite_chart(heat_scenes.single("heat_kemp_four_stream"), nasty, "en")
    assert "<script>" not in drawn.svg
    assert "&lt;script&gt;alert(1)" in drawn.svg


def test_the_axis_names_its_unit():
    zones, carriers = heat_scenes.site("ts_liu_et_al", "en")
    told = texts(total_site_chart(zones, carriers, "Works", "en").svg)
    assert "Heat (MW)" in told
    assert "Shifted temperature (°C)" in told


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_colour_of_a_text_reads_on_its_ground(palette):
    for colour in (palette.changes["gone"], palette.changes["new"], palette.good,
                   palette.accent, palette.muted, palette.text):  # fmt: skip
        assert contrast(colour, palette.card) >= 4.5


def test_labels_in_a_column_keep_apart():
    assert spread([10, 12, 50], 17, 0, 100) == [10, 27, 50]
    low = spread([95, 96, 97], 17, 0, 100)
    assert low == [66, 83, 100]


@pytest.fixture(scope="module")
def seen() -> Iterator[Watched]:
    with chromium() as browser:
        yield watched(browser)


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_two_texts_of_a_picture_overlap(seen, lang, theme):
    for picture in heat_scenes.pictures(lang, theme):
        size = seen.shown(picture.svg)
        texts = seen.texts()
        assert clipped(texts, *size) == [], picture.title
        assert covered(texts) == [], picture.title
        assert pale(texts) == [], picture.title
