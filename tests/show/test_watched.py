"""What is asked of every picture is noticed where it is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.show.watched import (
    Watched,
    chromium,
    clipped,
    covered,
    ids_shown,
    pale,
    raw_ids,
    watched,
)

import circularpark

pytestmark = pytest.mark.browser
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" font-size="12">'
GROUND = '<rect width="100%" height="100%" fill="#FFFFFF"/>'


@pytest.fixture(scope="module")
def seen() -> Iterator[Watched]:
    with chromium() as browser:
        yield watched(browser)


def drawn(seen: Watched, body: str) -> tuple[list, tuple[float, float]]:
    size = seen.shown(f"{HEAD}{GROUND}{body}</svg>")
    return seen.texts(), size


def test_a_text_beyond_the_edge_is_noticed(seen):
    texts, size = drawn(seen, '<text x="180" y="50">too long</text><text x="9" y="50">in</text>')
    assert clipped(texts, *size) == ["too long"]


def test_texts_over_one_another_are_noticed_also_slanted_ones(seen):
    level = '<text x="20" y="50">first</text><text x="30" y="52">second</text>'
    assert covered(drawn(seen, level)[0]) == [("first", "second")]
    slanted = '<text x="{x}" y="90" transform="rotate(-45 {x} 90)">a name</text>'
    apart = slanted.format(x=20) + slanted.format(x=60)
    assert covered(drawn(seen, apart)[0]) == []
    assert len(covered(drawn(seen, slanted.format(x=20) + slanted.format(x=24))[0])) == 1


def test_ink_is_held_against_what_is_behind_it(seen):
    text = '<text x="20" y="50" fill="#444444"{halo}>words</text>'
    halo = ' stroke="#FFFFFF" stroke-width="3" paint-order="stroke"'
    box = '<rect x="10" y="30" width="100" height="40" fill="#333333" opacity="{share}"/>'
    assert pale(drawn(seen, text.format(halo=""))[0]) == []
    dark = box.format(share=1) + text.format(halo="")
    assert [words for words, _ in pale(drawn(seen, dark)[0])] == ["words"]
    assert pale(drawn(seen, box.format(share=0.1) + text.format(halo=""))[0]) == []
    assert pale(drawn(seen, box.format(share=1) + text.format(halo=halo))[0]) == []


def test_pale_ink_is_pale_by_its_opacity_too(seen):
    faint = '<text x="20" y="50" fill="#000000" opacity="0.3">words</text>'
    (found,) = pale(drawn(seen, faint)[0])
    assert found[1] < 4.5


def test_a_raw_id_is_noticed_and_a_name_is_none():
    ids = raw_ids(circularpark.read_park("anqing-hightech"))
    assert "sinopec_aq" in ids
    assert ids_shown(["to sinopec_aq: 3 t/h"], ids) == {"sinopec_aq"}
    assert ids_shown(["Sinopec Anqing"], ids) == set()
