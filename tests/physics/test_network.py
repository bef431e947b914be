"""The park as a networkx graph."""

from __future__ import annotations

from tests.physics.fakes import PAIR, fake_park

from circularpark.physics.network import network


def test_sites_are_nodes_and_links_are_edges_with_their_columns() -> None:
    graph = network(fake_park(**PAIR, transports=[{"cost_per_km": 2.0}]))
    assert set(graph.nodes) == {"a", "b"}
    assert graph.nodes["a"]["lon"] == 118.0
    edge = graph.edges["a", "b", "ash@a@b@truck"]
    assert (edge["cost_per_km"], edge["commodity"], edge["back"]) == (2.0, "ash", False)
    assert not graph.has_edge("b", "a")


def test_a_bidirectional_link_is_an_edge_each_way() -> None:
    graph = network(fake_park(**PAIR, transports=[{"bidirectional": True}]))
    assert graph.edges["b", "a", "ash@a@b@truck"]["back"]
    assert graph.number_of_edges() == 2
