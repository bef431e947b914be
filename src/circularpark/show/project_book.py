"""The project library (项目库) as an Excel workbook: live totals, both languages, no macros.

A row each project on the first sheet, with room for what an office adds; then what is built,
the yearly payments with their present value as formulas, the prices between companies, what
each company gains, and the terms with their sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from circularpark.park.workbook.pen import Pen
from circularpark.show.project_words import (
    basis_word,
    company_names,
    plain_name,
    project_name,
    relation_word,
)
from circularpark.show.records import YEAR, Cell, Column, Formula, named, write_sheet
from circularpark.show.source_words import confidence_words
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.account.finance import Finances
    from circularpark.studies.evaluated import Evaluation, Project

    # A project's name and its money.
    Paid = tuple[str, Finances]

MONEY: Final = "#,##0"
SMALL: Final = "#,##0.00"
SHARE: Final = "0.0%"


def write_projects(found: Evaluation, file: str | Path, lang: Language) -> Path:
    """Write an evaluation as the project library's workbook; returns its file.

    ``lang`` names projects; headings and titles stand in both languages.
    """
    import xlsxwriter

    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(target), {"in_memory": True})
    pen = Pen(book)
    currency = found.park.settings.currency
    note = {"currency": currency, "park": found.park.id}
    columns, together = _library(found, lang), _together(found)
    write_sheet(book, pen, "library", columns, found.projects, note, together, _stages())
    write_sheet(book, pen, "items", _items(), _item_records(found, lang), note)
    _flows(book, pen, found, lang, note)
    links: list[dict[Any, Any]] = [
        {**row, "project": project_name(p, lang)}
        for p in found.projects
        if len(p.links)
        for row in p.links.to_dict("records")
    ]
    write_sheet(book, pen, "links", _links(found, lang), links, note)
    companies = found.companies.to_dict("records") if len(found.companies) else []
    write_sheet(book, pen, "companies", _companies(found, lang), companies, note)
    write_sheet(book, pen, "terms", _terms(lang), found.terms.table.to_dict("records"), note)
    book.close()
    return target


def _together(found: Evaluation) -> dict[str, float | None]:
    """What all projects are worth at once: their values as the last ones do not add up."""
    money = found.finances
    if money is None or found.together is None:
        return {}
    return {
        "capex": money.capex,
        "net": money.saving,
        "npv": money.after_tax.npv,
        "npv_low": money.low,
        "npv_high": money.high,
        "irr": money.after_tax.returns.rate,
        "payback": money.after_tax.payback,
        "npv_carbon": money.with_carbon.npv,
        "break_even": money.carbon_price,
        "npv_loan": money.owner.npv,
        "cover": money.cover,
        "emc_share": money.emc_share,
        "subsidy": money.subsidy,
        "saved": found.together[0],
    }


def _stages() -> dict[str, list[str]]:
    """What an office may say of how far a project is."""
    return {"stage": [named(f"evaluate.stage.{n}") for n in ("idea", "study", "building", "done")]}


def _value(project: Project, way: str, place: int) -> float | None:
    return project.values[way][place] if way in project.values else None


def _library(found: Evaluation, lang: Language) -> list[Column]:
    """The columns of the first sheet; net gain and simple payback are formulas."""
    names = company_names(found.park, lang)
    order = {id(project): n for n, project in enumerate(found.projects, 1)}

    def money(what: Callable[[Any], float | None]) -> Cell:
        return lambda p: None if p.finances is None else what(p.finances)

    def net(p: Project) -> Formula:
        return Formula("={revenue}-{running}", p.revenue - p.running)

    def simple(p: Project) -> Formula:
        gain = p.revenue - p.running
        value = p.capex / gain if gain > 0 else float("nan")
        return Formula('=IF({net}>0,{capex}/{net},"")', value)

    def partners(p: Project) -> str:
        return "; ".join(names.get(company, company) for company in p.partners)

    def scope(number: int) -> Cell:
        return lambda p: -p.co2.get(number, 0.0) if p.co2 else None

    return [
        Column("number", 6, "0", False, lambda p: order[id(p)]),
        Column("project", 56, "", False, lambda p: project_name(p, lang)),
        Column("stage", 14, "", False, lambda p: ""),
        Column("partners", 30, "", False, partners),
        Column("relation", 18, "", False, lambda p: relation_word(p, lang)),
        Column("capacity", 12, SMALL, False, lambda p: float(p.items["capacity"].iloc[0])),
        Column("unit", 9, "", False, lambda p: str(p.items["unit"].iloc[0])),
        Column("capex", 15, MONEY, True, lambda p: p.capex),
        Column("revenue", 15, MONEY, False, lambda p: p.revenue),
        Column("running", 15, MONEY, False, lambda p: p.running),
        Column("net", 15, MONEY, False, net),
        Column("simple", 15, SMALL, False, simple),
        Column("npv", 15, MONEY, False, money(lambda f: float(f.after_tax.npv))),
        Column("npv_low", 15, MONEY, False, money(lambda f: float(f.low))),
        Column("npv_high", 15, MONEY, False, money(lambda f: float(f.high))),
        Column("irr", 10, SHARE, False, money(lambda f: f.after_tax.returns.rate)),
        Column("payback", 15, SMALL, False, money(lambda f: f.after_tax.payback)),
        Column("npv_carbon", 15, MONEY, False, money(lambda f: float(f.with_carbon.npv))),
        Column("break_even", 12, SMALL, False, money(lambda f: f.carbon_price)),
        Column("npv_loan", 15, MONEY, False, money(lambda f: float(f.owner.npv))),
        Column("cover", 15, SMALL, False, money(lambda f: f.cover)),
        Column("emc_share", 20, SHARE, False, money(lambda f: f.emc_share)),
        Column("subsidy", 13, MONEY, True, money(lambda f: float(f.subsidy))),
        Column("saved", 19, MONEY, False, lambda p: p.saved),
        Column("scope1", 11, MONEY, False, scope(1)),
        Column("scope2", 11, MONEY, False, scope(2)),
        Column("scope3", 11, MONEY, False, scope(3)),
        Column("per_tonne", 11, MONEY, False, lambda p: p.cost_per_tonne()),
        Column("alone", 19, MONEY, False, lambda p: _value(p, "alone", 0)),
        Column("average", 19, MONEY, True, lambda p: _value(p, "average", 0)),
        Column("documents", 20, "", False, lambda p: ""),
    ]


def _item_records(found: Evaluation, lang: Language) -> list[dict[Any, Any]]:
    """The items of all projects; a project's name is its own, so that the sheet can be read."""
    records: list[dict[Any, Any]] = []
    used: dict[str, int] = {}
    for project in found.projects:
        name = plain_name(project, lang)
        used[name] = used.get(name, 0) + 1
        own = name if used[name] == 1 else f"{name} ({used[name]})"
        rows = project.items.to_dict("records")
        records += [{**row, "project": own, "name": row[f"name_{lang}"]} for row in rows]
    return records


def _plain(name: str) -> Cell:
    return lambda record: record[name]


def _text(name: str) -> Cell:
    return lambda record: str(record[name])


def _items() -> list[Column]:
    return [
        Column("project", 56, "", False, _text("project")),
        Column("item", 52, "", False, _text("item")),
        Column("name", 44, "", False, _text("name")),
        Column("year", 8, "0", False, _plain("year")),
        Column("capacity", 12, SMALL, False, _plain("capacity")),
        Column("unit", 9, "", False, _text("unit")),
        Column("capex", 15, MONEY, True, _plain("capex")),
        Column("capex_least", 15, MONEY, True, lambda r: r["capex"] * r["least"]),
        Column("capex_most", 15, MONEY, True, lambda r: r["capex"] * r["most"]),
        Column("upkeep", 13, MONEY, True, _plain("upkeep")),
        Column("lifetime", 10, "0", False, _plain("lifetime")),
        Column("confidence", 20, "", False, _text("confidence")),
    ]


def _links(found: Evaluation, lang: Language) -> list[Column]:
    names = company_names(found.park, lang)
    goods = found.park.tables.commodities.drop_duplicates("id").set_index("id")

    def company(end: str) -> Cell:
        return lambda r: names.get(str(r[end]), str(r[end]))

    def good(column: str) -> Cell:
        return lambda r: str(goods[column].get(r["commodity"], "") or r["commodity"])

    def paid(r: Mapping[str, Any]) -> Formula:
        value = float(np.nan_to_num(r["price"] * r["amount"]))
        return Formula("=IF(ISNUMBER({price}),{amount}*{price},0)", value)

    return [
        Column("project", 56, "", False, _text("project")),
        Column("giver", 30, "", False, company("giver")),
        Column("taker", 30, "", False, company("taker")),
        Column("commodity", 30, "", False, good(f"name_{lang}")),
        Column("basis", 22, "", False, lambda r: basis_word(r, lang)),
        Column("unit", 9, "", False, good("unit")),
        Column("amount", 14, MONEY, False, _plain("amount")),
        Column("worth_from", 13, SMALL, False, _plain("worth_from")),
        Column("worth_to", 13, SMALL, False, _plain("worth_to")),
        Column("low", 13, SMALL, False, _plain("low")),
        Column("high", 13, SMALL, False, _plain("high")),
        Column("price", 13, SMALL, False, _plain("price")),
        Column("paid", 15, MONEY, True, paid),
    ]


def _companies(found: Evaluation, lang: Language) -> list[Column]:
    names = company_names(found.park, lang)

    def gain(r: Mapping[str, Any]) -> Formula:
        return Formula("={today}-{then}", r["gain"])

    def after(r: Mapping[str, Any]) -> Formula:
        return Formula("={gain}+{received}", r["after"])

    return [
        Column("company", 40, "", False, lambda r: names.get(r["company"], r["company"])),
        Column("today", 18, MONEY, True, _plain("today")),
        Column("then", 18, MONEY, True, _plain("plan")),
        Column("gain", 18, MONEY, True, gain),
        Column("received", 18, MONEY, True, _plain("received")),
        Column("after", 18, MONEY, True, after),
    ]


def _terms(lang: Language) -> list[Column]:
    return [
        Column("term_zh", 32, "", False, _text("name_zh")),
        Column("term_en", 40, "", False, _text("name_en")),
        Column("value", 14, "General", False, _plain("value")),
        Column("low", 12, "General", False, _plain("low")),
        Column("high", 12, "General", False, _plain("high")),
        Column("unit", 9, "", False, _text("unit")),
        Column("source", 60, "", False, _text("source")),
        Column("confidence", 20, "", False, lambda r: confidence_words(r["confidence"], lang)),
        Column("note", 70, "", False, _text("note")),
    ]


def _flows(
    book: Any, pen: Pen, found: Evaluation, lang: Language, note: Mapping[str, object]
) -> None:
    """Payments of every year after tax; present value and rate of return are formulas of them."""
    rate = float(found.park.settings.discount_rate)
    records = [(project_name(p, lang), p.finances) for p in found.projects if p.finances]
    if found.finances is not None:
        records.append((say("evaluate.book.together", lang), found.finances))
    years = max((len(money.flows) for _, money in records), default=1)
    first, second, last = (f"{{{YEAR}{y}}}" for y in (0, min(1, years - 1), years - 1))

    def worth(record: Paid) -> Formula:
        npv = record[1].after_tax.npv
        return Formula(f"={first}+NPV({{rate}},{second}:{last})", npv)

    def rate_of_return(record: Paid) -> Formula | str:
        found = record[1].after_tax.returns
        irr = found.rate
        if irr is None:
            # A spreadsheet would show one of several rates, or an error.
            return say(f"evaluate.irr.{found.status}", lang)
        # The guess keeps the spreadsheet's search on this rate.
        return Formula(f"=IRR({first}:{last},{irr:.6f})", irr)

    def of_year(year: int) -> Cell:
        def flow(record: Paid) -> float | None:
            flows = record[1].flows
            return float(flows[year]) if year < len(flows) else None

        return flow

    columns = [
        Column("project", 56, "", False, lambda record: record[0]),
        Column("rate", 10, SHARE, False, lambda record: rate),
        Column("npv", 15, MONEY, False, worth),
        Column("irr", 10, SHARE, False, rate_of_return),
        *(Column(f"{YEAR}{y}", 13, MONEY, False, of_year(y)) for y in range(years)),
    ]
    write_sheet(book, pen, "flows", columns, records, note)
