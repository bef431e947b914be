"""Colours: readable texts, commodities told apart."""

from __future__ import annotations

import pytest

from circularpark.show.style import DARK, LIGHT, commodity_class, commodity_colours, contrast, rgb

GROUNDS = ("page", "card", "land", "plot", "rim", "water", "road")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_reads_on_every_ground(palette, ground):
    assert contrast(palette.text, getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["muted", "accent"])
def test_quiet_text_and_buttons_read_on_their_grounds(palette, ink):
    assert contrast(getattr(palette, ink), palette.page) >= 4.5
    assert contrast(getattr(palette, ink), palette.card) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_warning_reads(palette):
    assert contrast(palette.changes["gone"], palette.card) >= 4.5


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == 1.0


@pytest.mark.parametrize(
    ("commodity", "zh", "en", "expected"),
    [
        ("hp_steam", "高压蒸汽", "", "steam_high"),
        ("steam_lp", "低压蒸汽", "", "steam_low"),
        ("x1", "余热", "", "hot_water"),
        ("x2", "", "Reclaimed water", "water"),
        ("fly_ash", "粉煤灰", "", "ash"),
        ("x3", "脱硫石膏", "FGD gypsum", "gypsum"),
        ("cement", "普通硅酸盐水泥", "Portland cement", ""),
        ("h2_offgas", "富氢尾气", "Hydrogen-rich off-gas", "off_gas"),
        ("steam_mp", "中压蒸汽", "", "steam_medium"),
        ("steam", "", "Medium-pressure steam", "steam_medium"),
        ("ethylene", "乙烯", "Ethylene", ""),
    ],
)
def test_a_commodity_finds_its_class(commodity, zh, en, expected):
    assert commodity_class(commodity, zh, en) == expected


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_two_commodities_share_a_colour(theme):
    many = [("hp_steam", "", ""), ("mp_steam", "", ""), ("lp_steam", "", "")]
    many += [(f"chemical{i}", "", "") for i in range(10)]
    colours = commodity_colours(many, theme)
    assert len(set(colours)) == len(many)


def test_a_second_commodity_of_a_class_is_a_deeper_shade_of_it():
    warm, hot = commodity_colours([("warm_water", "", ""), ("hot_water", "", "")], "light")
    assert warm == LIGHT.commodities["hot_water"]
    assert all(shade < own for shade, own in zip(rgb(hot)[:2], rgb(warm)[:2], strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_spare_colour_is_not_taken_for_one_that_is_used(theme):
    """Brown ash and the spare brown are alike: what has no class gets another colour."""
    ash, gas = commodity_colours([("fly_ash", "", ""), ("lpg", "", "")], theme)
    red, green, blue = rgb(gas)
    assert ash in (LIGHT.commodities["ash"], DARK.commodities["ash"])
    assert max(abs(one - two) for one, two in zip((red, green, blue), rgb(ash), strict=True)) > 80
