"""What the elastic program found, as entries with names, amounts and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.diagnosis.bench import Change, Source
from circularpark.solve.diagnosis.cures import heat_node
from circularpark.solve.diagnosis.elastic import Elastic, Slacks
from circularpark.solve.diagnosis.entries import (
    Binding,
    NamedChange,
    Shortage,
    When,
    worst_of,
)
from circularpark.solve.diagnosis.lever import Lever
from circularpark.solve.diagnosis.levers import TABLES
from circularpark.solve.diagnosis.limits import limit_value_at
from circularpark.solve.diagnosis.program import rows_of
from circularpark.solve.diagnosis.words import Lexicon, Names, figures
from circularpark.solve.naming import per_hour
from circularpark.words import LANGUAGES, say

MOST_BINDING = 5
SENSES = {"<=": "≤", ">=": "≥", "=": "="}


class Writer:
    """Turns slacks and cures of one problem into entries with texts."""

    def __init__(self, problem: Problem, elastic: Elastic, every: Sequence[Lever]) -> None:
        self.problem = problem
        self.every = every
        self.data = problem.data
        self.elastic = elastic
        self.words = Lexicon(problem.data)

    def shortages(self) -> Iterator[Shortage]:
        """Everything that gives, the largest of each kind first."""
        kinds = {
            "demand": self._at_nodes,
            "heat": self._missing_heat,
            "surplus": self._at_nodes,
            "load": self._loads,
            "contract": self._contracts,
            "required": self._required,
            "limit": self._limits,
            "rule": self._rules,
        }
        for kind, write in kinds.items():
            for slack in self.elastic.slacks:
                amounts = self.elastic.amounts(slack)
                if slack.kind == kind and amounts.any():
                    yield from sorted(write(slack, amounts), key=lambda s: -s.amount)

    def _said(self, key: str, when: When | None = None, **words: object) -> Names:
        """A sentence in both languages; a word that is a table of names is taken in each."""
        texts: Names = {}
        for lang in LANGUAGES:
            own = {k: v[lang] if isinstance(v, Mapping) else v for k, v in words.items()}
            if when is not None:
                own["worst"], own["when"] = when.words(lang)
            text = say(key, lang, **own)
            texts[lang] = text[:1].upper() + text[1:] if lang == "en" else text
        return texts

    def _at_nodes(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        """Demands that are short and offers without a place, summed where they meet."""
        demand = slack.kind == "demand"
        table = self.data.demand if demand else self.data.stream
        names = table.index.iloc[slack.entity, 0].to_numpy()
        node = table.node[slack.entity]
        for one in np.unique(node[amounts.any(axis=1)]):
            own = (node == one) & amounts.any(axis=1)
            when = worst_of(self.data.time, amounts[own].sum(axis=0))
            site, commodity = (str(v) for v in self.data.node.index.iloc[one])
            unit = per_hour(self.words.unit(commodity))
            item = ";".join(names[own])
            more = {} if demand else {"item": item}
            texts = self._said(
                "diagnose.demand" if demand else "diagnose.surplus",
                when,
                site=self.words.site(site),
                commodity=self.words.commodity(commodity),
                amount=figures(when.worst),
                unit=unit,
                **more,
            )
            yield self._entry(slack.kind, (site, commodity, item), when, unit, texts)

    def _missing_heat(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        """Intervals of cascades in which heat is missing."""
        heat = self.data.heat
        for place in np.flatnonzero(amounts.any(axis=1)):
            interval = int(slack.entity[place])
            when = worst_of(self.data.time, amounts[place])
            node = heat_node(self.problem, interval)
            site, commodity = (str(v) for v in self.data.node.index.iloc[node])
            unit = per_hour(self.words.unit(commodity))
            zone = str(heat.key["heat_zone"][interval])
            texts = self._said(
                "diagnose.heat",
                when,
                site=self.words.site(site),
                zone=f" ({zone})" if zone else "",
                commodity=self.words.commodity(commodity),
                upper=figures(float(heat.upper[interval]), 6),
                lower=figures(float(heat.lower[interval]), 6),
                amount=figures(when.worst),
                unit=unit,
            )
            yield self._entry("demand", (site, commodity, ""), when, unit, texts)

    def _loads(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        """Loads of operations that nothing clean enough carries away."""
        found = rows_of(self.problem, "operation_load")
        if found is None:
            return
        names = found[0].key
        load = np.maximum(-found[0].upper, 0.0)
        for place in np.flatnonzero(amounts.any(axis=1)):
            row = int(slack.entity[place])
            share = 100.0 * amounts[place] / np.where(load[row] > 0, load[row], 1.0)
            when = worst_of(self.data.time, share)
            item, name = str(names["operation"][row]), str(names["property"][row])
            operation = self.data.operation
            node = operation.node[np.flatnonzero(operation.key["operation"] == item)[0]]
            site, commodity = (str(v) for v in self.data.node.index.iloc[int(node)])
            texts = self._said(
                "diagnose.load",
                when,
                site=self.words.site(site),
                commodity=self.words.commodity(commodity),
                item=item,
                property=name,
                amount=figures(when.worst),
            )
            yield self._entry("load", (site, commodity, item), when, "%", texts)

    def _contracts(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        market = self.data.market.index
        for one in np.unique(slack.entity[amounts.any(axis=1)]):
            when = worst_of(self.data.time, amounts[slack.entity == one].sum(axis=0))
            item, commodity = (str(market[c].iloc[one]) for c in ("market", "commodity"))
            unit = per_hour(self.words.unit(commodity))
            name = self.words.item("markets", item)
            texts = self._said(
                "diagnose.contract", when, item=name, amount=figures(when.worst), unit=unit
            )
            site = self.words.site_of("markets", item)
            yield self._entry("contract", (site, commodity, item), when, unit, texts, name)

    def _required(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        items, years = self.data.item, self.data.time.years
        for place in np.flatnonzero(amounts.any(axis=1)):
            own = items.expandable[slack.entity[place]]
            table, item = TABLES[str(items.kind[own])], str(items.index["item"].iloc[own])
            year = int(np.argmax(amounts[place]))
            amount, unit = float(amounts[place, year]), self.words.capacity_unit(table, item)
            texts = self._said(
                "diagnose.required",
                item=self.words.item(table, item),
                amount=figures(amount),
                unit=unit,
                period=years[year],
            )
            when = When(amount, str(years[year]), np.nan, np.nan, varies=False)
            site, commodity = self.words.site_of(table, item), self.words.commodity_of(table, item)
            keys, name = (site, commodity, item), self.words.item(table, item)
            yield self._entry("capacity", keys, when, unit, texts, name)

    def _limits(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        found = rows_of(self.problem, "limits")
        if found is None:
            return
        block, numbers = found
        weight = np.zeros(block.size)
        for lever in self.every:
            if lever.kind == "limit":
                weight[lever.row - numbers[0, 0]] = np.abs(lever.row_value)
        names, steps = block.index["limit"].to_numpy(), block.index["step"].to_numpy()
        for name in dict.fromkeys(names[slack.entity[amounts.any(axis=1)]]):
            own = np.flatnonzero((names[slack.entity] == name) & amounts.any(axis=1))
            row = slack.entity[own]
            # A peak has no value to divide by: its years' amounts are compared as they are.
            per_value = np.where(weight[row] > 0, weight[row], 1.0)
            missed = amounts[own, 0] / per_value
            worst = int(np.argmax(missed))
            yield self._limit(str(name), float(missed[worst]), slack.sign, str(steps[row[worst]]))

    def _limit(self, name: str, missed: float, sign: int, step: str) -> Shortage:
        row = self.words.limits.loc[name].to_dict()
        unit, factor = self.words.limit_unit(name)
        label = self.words.item("limits", name)
        when = When(missed * factor, step, np.nan, np.nan, varies=False)
        if row["sense"] == "peak":
            texts = self._said(
                "diagnose.limit_peak",
                item=label,
                value=int(float(row["value"])),
                amount=figures(when.worst),
                unit=unit,
                period=step,
            )
        else:
            value = limit_value_at(self.problem, name, step)
            texts = self._said(
                "diagnose.limit",
                item=label,
                sense=SENSES[str(row["sense"])],
                value=figures(value * factor, 6),
                reached=figures((value + sign * missed) * factor, 5),
                unit=unit,
                period=self._step(step),
            )
        keys = (str(row["site"]), str(row["commodity"]), name)
        return self._entry("limit", keys, when, unit, texts, label)

    def _step(self, step: str) -> Names:
        """A year or period as it is; the sum over all years in words."""
        key, _, scenario = step.partition("@")
        if key != "all":
            return {"zh": step, "en": step}
        tail = f", {scenario}" if scenario else ""
        return {lang: say("diagnose.all_years", lang) + tail for lang in LANGUAGES}

    def _rules(self, slack: Slacks, amounts: Floats) -> Iterator[Shortage]:
        found = rows_of(self.problem, slack.family)
        if found is None:
            return
        labels = list(found[0].names())
        worst = int(np.argmax(amounts[:, 0]))
        amount, label = float(amounts[worst, 0]), labels[slack.entity[worst]]
        texts = self._said("diagnose.rule", item=slack.family, amount=figures(amount), period=label)
        when = When(amount, label, np.nan, np.nan, varies=False)
        yield self._entry("limit", ("", "", slack.family), when, "", texts)

    def _entry(
        self,
        kind: str,
        keys: tuple[str, str, str],
        when: When,
        unit: str,
        texts: Names,
        item_name: Names | None = None,
    ) -> Shortage:
        """A shortage of these keys (site, commodity, item), with the names of those it has."""
        site, commodity, item = keys
        names: dict[str, Names] = {}
        if site:
            names["site"] = self.words.site(site)
        if commodity:
            names["commodity"] = self.words.commodity(commodity)
        if item_name:
            names["item"] = item_name
        timed = np.isfinite(when.hours)
        return Shortage(
            kind=kind,
            site=site,
            commodity=commodity,
            item=item,
            amount=when.worst,
            unit=unit,
            period=when.period,
            hours=when.hours if timed else None,
            of_hours=when.of_hours if timed else None,
            names=names,
            texts=texts,
        )

    def binding(self) -> Iterator[Binding]:
        """Capacities and contracts that are used up where something is short."""
        first = self.elastic.gave[0]
        full = [
            v for v in self.every if v.kind in ("capacity", "market", "market_year") and v.base > 0
        ]
        full = sorted(full, key=lambda lever: -lever.gain(first) * lever.size)
        for lever in [v for v in full if v.gain(first) * v.size > 1e-6 * first.value][
            :MOST_BINDING
        ]:
            unit, _ = self._unit(lever)
            name = self.words.item(lever.table, lever.item)
            shown = figures(lever.base, 6)
            texts = self._said(f"diagnose.full.{lever.kind}", item=name, value=shown, unit=unit)
            yield Binding(lever.table, lever.item, lever.base, unit, texts)
        yield from self._qualities()

    def _qualities(self) -> Iterator[Binding]:
        """Limits on mixes that hold back what is short."""
        found = rows_of(self.problem, "quality_limit")
        if found is None:
            return
        block, numbers = found
        quality, duals = self.data.quality, self.elastic.gave[0].duals
        scale = np.array([np.abs(t).max(initial=0.0) for t in quality.bound]) + 1e-12
        price = np.abs(duals[numbers]).sum(axis=1) * scale
        order = np.argsort(-price, kind="stable")[:MOST_BINDING]
        for row in order[price[order] > 1e-6 * price.max(initial=0.0)]:
            sink, name, side = (str(block.key[k][row]) for k in ("sink", "property", "side"))
            value = float(quality.bound[row].max() if side == "max" else quality.bound[row].min())
            texts = self._said(
                f"diagnose.full.quality_{side}",
                item=sink,
                property=name,
                value=figures(value, 6),
                unit="" if quality.unit[row] == "1" else f" {quality.unit[row]}",
            )
            yield Binding("quality", sink, value, str(quality.unit[row]), texts)

    def change(self, change: Change) -> NamedChange:
        """A change of a cure with its names and its phrase."""
        what = change.what
        if isinstance(what, Source):
            return self._new_market(what, change.to)
        unit, factor = ("", 1.0) if what.kind == "peak" else self._unit(what)
        name = self.words.item(what.table, what.item)
        value, to = what.base * factor, change.to * factor
        shown = {"item": name, "value": figures(value, 6), "to": figures(to, 6), "unit": unit}
        if what.kind == "peak":
            shown |= {"value": f"{value:.0f}", "to": f"{to:.0f}"}
        texts: Names = {}
        for lang in LANGUAGES:
            own = {k: v[lang] if isinstance(v, Mapping) else v for k, v in shown.items()}
            texts[lang] = say(f"diagnose.cure.{what.kind}", lang, **own)
            if not what.steady:
                by = figures(to - value, 6)
                texts[lang] = say(
                    "diagnose.cure.changing", lang, phrase=texts[lang], by=by, unit=unit
                )
        limit = what.table == "limits"
        return NamedChange(
            kind=what.kind,
            table=what.table,
            item=what.item,
            column=what.column,
            site="" if limit else self.words.site_of(what.table, what.item),
            commodity="" if limit else self.words.commodity_of(what.table, what.item),
            value=what.base,
            to=change.to,
            by=None if what.steady else change.to - what.base,
            unit=unit if factor == 1.0 else "1",
            texts=texts,
        )

    def _unit(self, lever: Lever) -> tuple[str, float]:
        if lever.table == "limits":
            return self.words.limit_unit(lever.item)
        if lever.table == "markets":
            unit = self.words.unit(self.words.commodity_of("markets", lever.item))
            return (unit if lever.kind == "market_year" else per_hour(unit)), 1.0
        return self.words.capacity_unit(lever.table, lever.item), 1.0

    def _new_market(self, source: Source, to: float) -> NamedChange:
        unit = per_hour(self.words.unit(source.commodity))
        commodity, site = self.words.commodity(source.commodity), self.words.site(source.site)
        key = "source" if source.sign > 0 else "outlet"
        said = f"diagnose.cure.{key}"
        if not np.isnan(source.temperature):
            said = "diagnose.cure.heat"
        elif source.end >= 0:
            said = f"diagnose.cure.graded_{key}"
        limited = rows_of(self.problem, "limits") is not None
        texts: Names = {}
        for lang in LANGUAGES:
            phrase = say(
                said,
                lang,
                temperature=figures(source.temperature, 6),
                site=site[lang],
                commodity=commodity[lang],
                to=figures(to, 6),
                unit=unit,
            )
            # Nobody knows yet what the new market's price and factors add to a limit.
            known = say("diagnose.cure.within_limits", lang, phrase=phrase) if limited else phrase
            texts[lang] = known
        return NamedChange(
            key, "markets", "", "max", source.site, source.commodity, None, to, None, unit, texts
        )
