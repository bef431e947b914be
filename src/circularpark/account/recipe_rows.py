"""The rows of every process's recipe, each beside the flow that it draws on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.account.book import Book, Texts, pair_position, position, texts
from circularpark.program.time import Floats, Integers


@dataclass(frozen=True)
class RecipeRows:
    """One entry a (process, recipe row).

    process, recipe : (L,) rows of the two tables; row : (L,) the recipe row's own number
    grouped : (L,) whether the row has a flow of its own, as a member of a group or by a property
    flow : (L,) row of ``share_flow`` for those, else of ``activity``, -1 where the plan has none
    rate : (L, B) per unit of activity, negative in, positive out
    """

    process: Integers
    recipe: Integers
    row: Texts
    group: Texts
    grouped: NDArray[np.bool_]
    flow: Integers
    rate: Floats
    profile: Texts
    commodity: Texts
    site: Texts
    property: Texts

    def quantity(self, grouped: bool) -> str:
        """The flow that members of a group (or the other rows) draw on."""
        return "share_flow" if grouped else "activity"

    def per_flow(self) -> Floats:
        """What a unit of the drawn flow moves, (L, B): a share flow is an amount already."""
        return np.where(self.grouped[:, None], np.sign(self.rate), self.rate)

    def drawn_profile(self) -> Texts:
        """The profile between the drawn flow and the amount; a share flow needs none."""
        return np.where(self.grouped, "", self.profile)


def recipe_rows(book: Book) -> RecipeRows:
    """Join processes and recipes on their technology."""
    return book.once("recipe_rows", _joined)


def _joined(book: Book) -> RecipeRows:
    process, recipe = _pairs(
        book.text("processes", "technology"), book.text("recipes", "technology")
    )
    ids = book.text("processes", "id")[process]
    row = book.text("recipes", "row")[recipe]
    group = book.text("recipes", "group")[recipe]
    by = book.text("recipes", "property")[recipe]
    grouped = (group != "") | (by != "")
    activity = book.quantity("activity").key
    share = book.quantity("share_flow").key
    alone = position(texts(activity, "process"), ids)
    member = pair_position((texts(share, "process"), texts(share, "row")), (ids, row))
    return RecipeRows(
        process=process,
        recipe=recipe,
        row=row,
        group=group,
        grouped=grouped,
        flow=np.where(grouped, member, alone),
        rate=book.number("recipes", "rate", 0.0)[recipe],
        profile=book.text("recipes", "profile")[recipe],
        commodity=book.text("recipes", "commodity")[recipe],
        site=book.text("processes", "site")[process],
        property=by,
    )


def _pairs(left: Texts, right: Texts) -> tuple[Integers, Integers]:
    """Rows of left and right with the same word: every left row with each of its right rows."""
    code, words = pd.factorize(right)
    order = np.argsort(code, kind="stable")
    wanted = position(np.asarray(words, dtype=object), left)
    first = np.searchsorted(code[order], wanted, side="left")
    count = np.searchsorted(code[order], wanted, side="right") - first
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(left)), count), order[np.repeat(first, count) + place]
