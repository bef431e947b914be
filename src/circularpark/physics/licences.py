"""Hazardous waste goes only to sites that hold a licence for its codes.

A commodity is hazardous waste where its ``hazard`` names ``hazardous_waste``. Another site may take
it where its ``licence`` lists each of the commodity's waste codes, or ``*``; waste without a code
is taken by any holder of a licence. What a site makes and treats itself needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from circularpark.park.licences import HAZARDOUS, holds, names_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from circularpark.park.model import Tables


def licensed(tables: Tables, links: pd.DataFrame) -> NDArray[np.bool_]:
    """Which links (columns to, commodity) end where what they carry may be taken, (n,)."""
    goods = tables.commodities.drop_duplicates("id").set_index("id")
    wastes = {
        str(name): str(code)
        for name, hazard, code in zip(
            goods.index, goods["hazard"], goods["waste_code"], strict=True
        )
        if HAZARDOUS in names_of(str(hazard))
    }
    allowed = np.ones(len(links), dtype=bool)
    carried = links["commodity"].isin(list(wastes)).to_numpy()
    if not carried.any():
        return allowed
    sites = tables.sites.drop_duplicates("id").set_index("id")["licence"]
    ends = zip(links.loc[carried, "to"], links.loc[carried, "commodity"], strict=True)
    allowed[carried] = [holds(str(sites.get(to, "")), wastes[str(good)]) for to, good in ends]
    return allowed
