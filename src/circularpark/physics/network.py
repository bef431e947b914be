"""The park as a graph of networkx, for questions that graphs answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from circularpark.physics.candidates import link_keys, links

if TYPE_CHECKING:
    import networkx

    from circularpark.park.model import Park

_SHAPES = ["geometry"]


def network(park: Park) -> networkx.MultiDiGraph[str]:
    """Sites as nodes and links as edges, each with the columns of its table.

    The key of an edge is the link's id. A bidirectional link is an edge each way, with
    the attribute ``back`` true on the one against its direction.
    """
    import networkx

    tables = park.tables
    found = links(park, tables, link_keys(park))
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(park=park.id)
    for site in _cells(tables.sites.drop(columns=_SHAPES, errors="ignore")):
        graph.add_node(site["id"], **site)
    for row in _cells(found):
        graph.add_edge(row["from"], row["to"], key=row["id"], back=False, **row)
        if row["bidirectional"]:
            graph.add_edge(row["to"], row["from"], key=row["id"], back=True, **row)
    return graph


def _cells(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as column -> cell."""
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]
