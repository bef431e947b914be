"""Links are searched again where what decides about them changed, and only there."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.studies.steam_park import steam_park

from circularpark.physics.candidates import link_keys
from circularpark.physics.known_links import KnownLinks
from circularpark.studies.case import Case
from circularpark.studies.study import Study

DEARER = {"table": "markets", "where": {"id": "grey"}, "multiply": {"price": 2}}
MORE = {"table": "demands", "where": {"id": "need"}, "set": {"amount": 5}}
SHORTER = {"table": "transports", "where": {"id": "pipe"}, "set": {"max_km": 0.5}}
FARTHER = {"table": "sites", "where": {"id": "farm"}, "set": {"lat": 30.52}}
NO_WASTE = {"table": "streams", "where": {"id": "waste"}, "set": {"site": "farm"}}


@pytest.mark.parametrize(
    ("change", "searches"), [(DEARER, 1), (MORE, 1), (SHORTER, 2), (FARTHER, 2), (NO_WASTE, 2)]
)
def test_links_are_found_again_where_something_decides(tmp_path, change, searches):
    study, known = Study(steam_park(tmp_path)), KnownLinks()
    known.of(study.park())
    park = study.park(Case("other", [change]))
    pd.testing.assert_frame_equal(known.of(park), link_keys(park))
    assert known.found == searches
