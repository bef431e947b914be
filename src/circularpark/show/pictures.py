"""The pictures of plans and studies by their names, for notebooks and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.words import Language

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.solve.plan import Plan

Made = Iterator[Picture | None]


def picture(what: Any, name: str, lang: Language = "en", theme: Theme = "light") -> Picture:
    """One picture of a plan or a study; a notebook shows it as the last line of a cell.

    Parameters
    ----------
    what : a ``Plan``; what ``macc``, ``pareto`` or ``evaluate`` of a ``Study`` gave; several
        plans for a pathway
    name : ``map``, ``difference``, ``sankey``, ``matrix``, ``waterfall``, ``prices``,
        ``composite``, ``grand_composite``, ``total_site``, ``dispatch``, ``duration``,
        ``pathway`` of a plan; ``macc``, ``projects``, ``pareto`` of a study

    Raises
    ------
    KeyError : there is no picture of that name
    ValueError : there is nothing of that kind to draw, such as hours in a plan without
    """
    made = next((one for one in MAKERS[name](what, lang, theme) if one is not None), None)
    if made is None:
        raise ValueError(f"there is nothing to draw for '{name}'")
    return made


def named_tables(plan: Plan) -> Mapping[str, pd.DataFrame]:
    """The sheets of the results workbook as tables, with names in both languages.

    Ids, which join them with the park's tables, are the last columns.
    """
    from circularpark.show.results.frames import leaves

    return {leaf.name: leaf.frame for leaf in leaves(plan)}


def _map(plan: Plan, lang: Language, theme: Theme, *, difference: bool = False) -> Made:
    from circularpark.show.plan_scene import scene_of
    from circularpark.show.static_map import static_map

    yield static_map(scene_of(plan), lang, theme, difference=difference)


def _difference(plan: Plan, lang: Language, theme: Theme) -> Made:
    yield from _map(plan, lang, theme, difference=True)


def _of_plan(maker: str, wanted: str) -> Callable[..., Made]:
    """Pictures of a function of ``plan_charts`` whose name begins as wanted."""

    def made(plan: Any, lang: Language, theme: Theme) -> Made:
        from circularpark.show import plan_charts

        found = getattr(plan_charts, maker)(plan, lang, theme)
        several = [found] if found is None or isinstance(found, Picture) else found
        yield from (one for one in several if one is None or one.name.startswith(wanted))

    return made


def _heat(wanted: str) -> Callable[..., Made]:
    """One kind of the pictures of heat: the park's, else its largest site's."""

    def made(plan: Plan, lang: Language, theme: Theme) -> Made:
        from circularpark.show.heat_page import pictures

        report = plan.heat_report()
        if report is not None:
            drawn = pictures(plan, report, lang, theme)
            yield from (one for one in drawn if one.name == wanted)

    return made


def _abatement(wanted: str) -> Callable[..., Made]:
    """One of both curves of abatement; projects also of an evaluation."""

    def made(found: Any, lang: Language, theme: Theme) -> Made:
        from circularpark.show.report.worth import project_picture
        from circularpark.show.study_pages import macc_pictures

        if hasattr(found, "finances"):
            yield project_picture(found, lang, theme)
            return
        yield from (one for one in macc_pictures(found, lang, theme) if one.name == wanted)

    return made


def _pareto(found: Any, lang: Language, theme: Theme) -> Made:
    from circularpark.show.study_pages import pareto_picture

    yield pareto_picture(found, lang, theme)


MAKERS: Final[Mapping[str, Callable[..., Made]]] = {
    "map": _map,
    "difference": _difference,
    "sankey": _of_plan("flow_pictures", "sankey"),
    "matrix": _of_plan("flow_pictures", "matrix"),
    "waterfall": _of_plan("saving_picture", "waterfall"),
    "prices": _of_plan("price_picture", "prices"),
    "dispatch": _of_plan("hour_pictures", "dispatch"),
    "duration": _of_plan("hour_pictures", "duration"),
    "pathway": _of_plan("pathway_pictures", "pathway"),
    "composite": _heat("composite"),
    "grand_composite": _heat("grand_composite"),
    "total_site": _heat("total_site"),
    "macc": _abatement("macc"),
    "projects": _abatement("projects"),
    "pareto": _pareto,
}
