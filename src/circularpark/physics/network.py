"""The park as a graph of networkx, for questions that graphs answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    sites = tables.sites.drop(columns=_SHAPES, errors="ignore").to_dict("records")
    graph.add_nodes_from((site["id"], site) for site in sites)
    for cells in found.to_dict("records"):
        row = {str(column): cell for column, cell in cells.items()}
        graph.add_edge(row["from"], row["to"], key=row["id"], back=False, **row)
        if row["bidirectional"]:
            graph.add_edge(row["to"], row["from"], key=row["id"], back=True, **row)
    return graph
