"""Pictures, tables and reports: what a reader sees of a plan."""

from circularpark.show.flowmap import FlowMap, draw_flow_map, flow_map
from circularpark.show.pictures import named_tables, picture
from circularpark.show.scene import Outcome, Scene, Summary

__all__ = [
    "FlowMap",
    "Outcome",
    "Scene",
    "Summary",
    "draw_flow_map",
    "flow_map",
    "named_tables",
    "picture",
]
