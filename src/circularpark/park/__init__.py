"""The park floor: what exists. Tables are read, checked, brought to base units, and changed."""

from circularpark.park.cases import case_names
from circularpark.park.folder import demo_parks, find_park
from circularpark.park.model import BUILT_IN, Park, Settings, Stage, Tables
from circularpark.park.read import read_park
from circularpark.park.write import write_park

__all__ = [
    "BUILT_IN",
    "Park",
    "Settings",
    "Stage",
    "Tables",
    "case_names",
    "demo_parks",
    "find_park",
    "read_park",
    "write_park",
]
