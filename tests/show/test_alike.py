"""Maps side by side: one width is one quantity, one colour is one thing."""

from __future__ import annotations

import dataclasses

import pytest
from tests.show.scenes import small_scene

from circularpark.show import Scene, flow_map
from circularpark.show.alike import alike


def pair() -> tuple[Scene, Scene]:
    """A scene, and one with half of every amount and without its first commodity."""
    one = small_scene()
    first = one.flows["commodity"].min()
    rest = one.flows[one.flows["commodity"] != first]
    return one, dataclasses.replace(one, flows=rest.assign(amount=rest["amount"] / 2))


def looks(scene: Scene) -> dict[str, tuple[float, str]]:
    """Width and colour of every flow."""
    drawn = flow_map(scene, "en")
    colours = [one["colour"] for one in drawn.index["commodities"]]
    rows = zip(drawn.flows["id"], drawn.flows["width"], drawn.flows["kind_index"], strict=True)
    return {link: (width, colours[kind]) for link, width, kind in rows}


def test_half_the_quantity_is_half_as_wide_in_the_same_colour():
    whole, half = (looks(scene) for scene in alike(pair()))
    assert half
    for link, (width, colour) in half.items():
        assert width == pytest.approx(whole[link][0] / 2)
        assert colour == whole[link][1]


def test_alone_each_map_takes_its_own_scale():
    """So the test above cannot pass by chance."""
    whole, half = (looks(scene) for scene in pair())
    assert any(half[link][0] != pytest.approx(whole[link][0] / 2) for link in half)


def test_scenes_without_flows_stay_as_they_are():
    bare = dataclasses.replace(small_scene(), flows=small_scene().flows.iloc[:0])
    assert alike([bare, bare]) == [bare, bare]
    assert alike([]) == []
