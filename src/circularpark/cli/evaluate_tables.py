"""An evaluation of projects on the terminal: values, money, prices, companies, terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from circularpark.cli.macc import limit_names
from circularpark.cli.numbers import amount, figures, unit_words
from circularpark.cli.tables import printed
from circularpark.show.project_words import (
    basis_word,
    company_names,
    payback_words,
    project_name,
    rate_words,
    relation_word,
)
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.studies.evaluated import Evaluation, Project

_MOST = 20
WIDTH = 146
_BLANK = "–"
# Columns that would be squeezed by the numbers beside them.
_WIDE = {"partners": 20, "range": 14}
# Amounts below this share of the largest are what tolerances leave.
_DUST = 1e-5


def print_evaluation(found: Evaluation, lang: Language) -> None:
    """Print all of it to standard output; long tables are cut and say so."""
    park = found.park
    name = park.name.get(lang) or park.id
    key = "evaluate.title_list" if found.file else "evaluate.title_plan"
    file = {"file": found.file} if found.file else {}
    print(say(key, lang, park=name, count=len(found.projects), **file))
    if not found.projects:
        print(say("studies.macc.none", lang))
        return
    for line in together_lines(found, lang):
        print(line)
    print(printed(values_table(found, lang), WIDTH))
    print(printed(money_table(found, lang), WIDTH))
    for table in (links_table(found, lang), companies_table(found, lang)):
        if table is not None:
            print(printed(table, WIDTH))
    for line in closing_lines(found, lang):
        print(line)


def _tonnes(value: float | None, lang: Language) -> str:
    return amount(value, "t", lang)


def _money(value: float | None, found: Evaluation, lang: Language) -> str:
    currency = found.park.settings.currency
    return amount(value, currency, lang, currency)


def _plain(value: float | None, typical: float, unit: float = 1.0) -> str:
    """A number in its column's unit; what is far below the typical size is nothing."""
    if value is None or value != value:
        return _BLANK
    return figures(value / unit) if abs(value) > _DUST * abs(typical) else "0"


def together_lines(found: Evaluation, lang: Language) -> list[str]:
    """What all projects save and cost together, and what they are worth."""
    if found.together is None or found.finances is None:
        return [say("evaluate.no_together", lang)]
    money = found.finances
    told = {
        "saved": _tonnes(found.together[0], lang),
        "capex": _money(money.capex, found, lang),
        "saving": _money(money.saving, found, lang),
        "npv": _money(money.after_tax.npv, found, lang),
        "payback": payback_words(money.after_tax.payback, lang),
    }
    return [say("evaluate.together", lang, **told)]


def _table(title: str, columns: list[tuple[str, bool]], lang: Language, **told: object) -> Table:
    heading = say(f"evaluate.{title}", lang, **told)
    table = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    for name, right in columns:
        table.add_column(
            say(f"evaluate.column_name.{name}", lang),
            justify="right" if right else "left",
            overflow="fold",
            min_width=_WIDE.get(name, 1),
        )
    return table


def _rest(table: Table, count: int, width: int, lang: Language) -> None:
    if count > _MOST:
        told = say("evaluate.more", lang, count=count - _MOST)
        table.add_row("", told, *[""] * (width - 2), style="dim")


def values_table(found: Evaluation, lang: Language) -> Table:
    """What each saves alone, as the last one and on average, and how they interact."""
    averaged = found.orders > 0
    columns = [("number", True), ("project", False), ("last", True), ("price", True)]
    columns += [("alone", True)] + ([("average", True)] if averaged else [])
    columns += [("interaction", False), ("scope1", True), ("scope2", True), ("scope3", True)]
    currency = unit_words(found.park.settings.currency, lang)
    table = _table("values", columns, lang, currency=currency)
    typical = max((abs(v[0]) for p in found.projects for v in p.values.values()), default=0.0)
    numbers = {p.id: number for number, p in enumerate(found.projects, 1)}
    for number, project in enumerate(found.projects[:_MOST], 1):
        saved = {way: value[0] for way, value in project.values.items()}
        price = project.cost_per_tonne()
        cells = [
            str(number),
            escape(project_name(project, lang)),
            _plain(saved.get("last"), typical),
            _BLANK if price is None else figures(price),
            _plain(saved.get("alone"), typical),
        ]
        if averaged:
            cells.append(_with_error(project, typical, lang))
        cells.append(_relation(project, numbers, lang))
        scopes = [-project.co2.get(s, 0.0) if project.way else None for s in (1, 2, 3)]
        cells += [_plain(saving, typical) for saving in scopes]
        table.add_row(*cells)
    _rest(table, len(found.projects), len(columns), lang)
    return table


def _with_error(project: Project, typical: float, lang: Language) -> str:
    if "average" not in project.values:
        return _BLANK
    text = _plain(project.values["average"][0], typical)
    error = project.error[0] if project.error else 0.0
    # What is far below the number itself need not be told.
    if error == error and error > 1e-2 * abs(project.values["average"][0]):
        return say("evaluate.plus_minus", lang, value=text, error=figures(error))
    return text


def _relation(project: Project, numbers: dict[str, int], lang: Language) -> str:
    """How a project stands to the others, and to which of them the most."""
    word = relation_word(project, lang)
    if project.beside is None:
        return word or _BLANK
    return say("evaluate.most_with", lang, word=word, number=numbers[project.beside[0]])


def money_table(found: Evaluation, lang: Language) -> Table:
    """What each costs, brings and is worth."""
    columns = [("number", True), ("partners", False), ("capex", True), ("revenue", True)]
    columns += [(n, True) for n in ("running", "npv", "range", "irr", "payback")]
    columns += [(n, True) for n in ("carbon", "loan", "emc")]
    unit = {"zh": 1e4, "en": 1e6}[lang]
    currency = unit_words(found.park.settings.currency, lang)
    table = _table("money", columns, lang, currency=currency)
    names = company_names(found.park, lang)

    def of(value: float) -> str:
        return _plain(value, unit, unit)

    for number, project in enumerate(found.projects[:_MOST], 1):
        money = project.finances
        named = [names.get(company, company) for company in project.partners]
        row = [str(number), escape(say("errors.comma", lang).join(named))]
        if money is None:
            table.add_row(*row, of(project.capex), *[_BLANK] * 9)
            continue
        table.add_row(
            *row,
            of(project.capex),
            of(project.revenue),
            of(project.running),
            of(money.after_tax.npv),
            say("evaluate.from_to", lang, low=of(money.low), high=of(money.high)),
            rate_words(project, lang),
            payback_words(money.after_tax.payback, lang),
            of(money.with_carbon.npv),
            of(money.owner.npv),
            _share(money.emc_share, lang),
        )
    _rest(table, len(found.projects), len(columns), lang)
    return table


def _share(value: float | None, lang: Language) -> str:
    return say("evaluate.no_contract", lang) if value is None else f"{figures(100 * value)} %"


def links_table(found: Evaluation, lang: Language) -> Table | None:
    """Who pays whom for what, and between which prices both gain."""
    links: list[dict[Any, Any]] = [
        row for p in found.projects if len(p.links) for row in p.links.to_dict("records")
    ]
    if not links:
        return None
    goods = found.park.tables.commodities.drop_duplicates("id").set_index("id")
    columns = [("giver", False), ("taker", False), ("commodity", False), ("amount", True)]
    table = _table(
        "links", [*columns, ("range_both", True), ("paid", True), ("basis", False)], lang
    )
    currency = unit_words(found.park.settings.currency, lang)
    names = company_names(found.park, lang)
    largest = max(abs(float(link["amount"])) for link in links)
    links = [link for link in links if abs(float(link["amount"])) > _DUST * largest]
    for link in links[:_MOST]:
        good = str(link["commodity"])
        unit = str(goods["unit"].get(good, ""))
        per = f"{currency}/{unit}"
        table.add_row(
            *(escape(names.get(str(link[end]), str(link[end]))) for end in ("giver", "taker")),
            escape(str(goods[f"name_{lang}"].get(good, "") or good)),
            amount(float(link["amount"]), unit, lang),
            price_range(link, per, lang),
            _BLANK if link["price"] != link["price"] else f"{figures(link['price'])} {per}",
            basis_word(link, lang),
        )
    _rest(table, len(links), 7, lang)
    return table


def price_range(link: dict[str, Any], per: str, lang: Language) -> str:
    """From the giver's least to the taker's highest price."""
    low, high = float(link["low"]), float(link["high"])
    if low != low or high != high:
        return _BLANK
    told = say("evaluate.from_to", lang, low=figures(low), high=figures(high))
    return f"{told} {per}"


def companies_table(found: Evaluation, lang: Language) -> Table | None:
    """What every company gains by all projects, before and after what is paid between them."""
    if not len(found.companies):
        return None
    columns = [("company", False)]
    columns += [(n, True) for n in ("today", "then", "gain", "received", "after")]
    table = _table("companies", columns, lang)
    columns_of = ["today", "plan", "gain", "received", "after"]
    names = company_names(found.park, lang)
    typical = float(found.companies[columns_of].abs().to_numpy().max())
    for row in found.companies.to_dict("records"):
        cells = [row[n] if abs(row[n]) > _DUST * typical else 0.0 for n in columns_of]
        company = str(row["company"])
        table.add_row(escape(names.get(company, company)), *(_money(v, found, lang) for v in cells))
    return table


def closing_lines(found: Evaluation, lang: Language) -> list[str]:
    """How the figures are meant, on what terms, and whether they are proven."""
    lines = [say("evaluate.how_values", lang)]
    if found.orders:
        key = "evaluate.how_average_exact" if found.exact else "evaluate.how_average"
        lines.append(say(key, lang, orders=found.orders))
    if any(project.beside for project in found.projects):
        lines.append(say("evaluate.how_pairs", lang))
    terms, currency = found.terms, unit_words(found.park.settings.currency, lang)
    told = {
        "rate": figures(100 * float(found.park.settings.discount_rate)),
        "tax": figures(100 * terms.number("income_tax")),
        "carbon": f"{figures(terms.number('carbon_price'))} {currency}/t",
        "share": figures(100 * terms.number("loan_share")),
        "loan": figures(100 * terms.number("loan_rate")),
        "years": figures(terms.number("loan_years")),
        "contract": figures(terms.number("emc_years")),
    }
    lines.append(say("evaluate.how_money", lang, **told))
    lines.append(say("evaluate.how_support" if terms.support else "evaluate.no_support", lang))
    lines.append(say("evaluate.how_prices", lang))
    if found.eased:
        limits = say("errors.comma", lang).join(limit_names(found.park, found.eased, lang))
        lines.append(say("studies.macc.eased", lang, limits=limits))
    if found.lifted:
        limits = say("errors.comma", lang).join(limit_names(found.park, found.lifted, lang))
        lines.append(say("evaluate.exceeded", lang, limits=limits))
    good = found.certified and found.proven
    lines.append(say("evaluate.proven" if good else "studies.not_proven", lang, runs=found.runs))
    return lines
