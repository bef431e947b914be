"""``export`` and ``new --merge`` on the command line: what is written, said and refused."""

from __future__ import annotations

import pytest
from tests.park.books import make_book
from tests.parks import make_park

from circularpark.cli.main import run
from circularpark.cli.outcome import INVALID, WRONG_USAGE
from circularpark.park import read_park


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIRCULARPARK_LANG", "en")


def test_a_park_is_written_as_a_workbook_and_solved_from_it(tmp_path, capsys):
    assert run(["export", "toy", "--excel"]) == 0
    assert "toy.xlsx" in capsys.readouterr().out
    assert read_park(tmp_path / "toy.xlsx").id == "toy"
    assert run(["check", "toy.xlsx"]) == 0


def test_a_workbook_is_written_as_a_folder(tmp_path):
    run(["export", "toy", "--out", "a.xlsx"])
    assert run(["export", "a.xlsx", "--folder", "--out", "back"]) == 0
    run(["export", "toy", "--folder", "--out", "direct"])
    names = sorted(path.name for path in (tmp_path / "direct").iterdir())
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == names
    for name in names:
        one, two = (tmp_path / where / name for where in ("direct", "back"))
        assert one.read_bytes() == two.read_bytes()


def test_questionnaires_go_out_and_come_back(tmp_path, capsys):
    assert run(["export", "toy", "--questionnaire", "all", "--out", "pages"]) == 0
    pages = sorted(str(path) for path in (tmp_path / "pages").glob("*.xlsx"))
    assert len(pages) == capsys.readouterr().out.count("Questionnaire:")
    assert run(["new", "merged", "--merge", *pages, "--from", "toy"]) == 0
    assert read_park(tmp_path / "merged").id == "toy"
    assert run(["new", "--merge", *pages, "--from", "toy"]) == 0
    assert read_park(tmp_path / "toy").id == "toy"


@pytest.mark.parametrize("ending", ["lp", "mps", "nl"])
def test_the_program_is_written_for_any_solver(tmp_path, capsys, ending):
    assert run(["export", "toy", "--model", f"toy.{ending}"]) == 0
    assert f"toy.{ending}" in capsys.readouterr().out
    text = (tmp_path / f"toy.{ending}").read_text()
    # An NL file numbers its rows and columns; the other two name them.
    assert "balance" in text or ending == "nl"


def test_a_program_cannot_be_written_as_something_else(tmp_path, capsys):
    assert run(["export", "toy", "--model", "toy.txt"]) == WRONG_USAGE
    assert ".lp" in capsys.readouterr().err


def test_the_park_s_id_is_no_path(tmp_path):
    toml = (
        '[park]\nid = "../up"\ncurrency = "CNY"\nprice_year = 2025\ncatalogue = false\n'
    )  # fmt: skip
    make_park(tmp_path / "p", toml=toml)
    assert run(["export", "p", "--excel"]) in {0, INVALID}
    assert not list(tmp_path.parent.glob("up*"))


@pytest.mark.parametrize(
    "words",
    [
        ["export", "toy", "--excel", "--folder"],
        ["new", "a", "b"],
        ["new", "a", "--merge"],
        ["new", "a", "page.xlsx"],
        ["new", "a", "--from", "toy"],
        ["new"],
    ],
)
def test_contradictions_are_wrong_usage(words, capsys):
    assert run(words) == WRONG_USAGE
    assert capsys.readouterr().err


def test_a_bad_workbook_is_invalid_data(tmp_path, capsys):
    (tmp_path / "a.xlsx").write_bytes(b"nothing")
    assert run(["check", "a.xlsx"]) == INVALID
    assert "a.xlsx" in capsys.readouterr().err


def test_a_bad_cell_is_named_by_sheet_row_and_column(tmp_path, capsys):
    rows = [["id", "site", "commodity", "amount", "unit"], ["s1", "mill", "ash", "5 or 6", "t/h"]]
    make_book(tmp_path / "a.xlsx", streams=rows)
    assert run(["check", "a.xlsx"]) == INVALID
    assert "a.xlsx · streams, row 2, column amount" in capsys.readouterr().err


def test_merging_into_a_folder_that_is_taken_writes_nothing(tmp_path):
    run(["export", "toy", "--questionnaire", "all", "--out", "pages"])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    pages = [str(path) for path in (tmp_path / "pages").glob("*.xlsx")]
    assert run(["new", "full", "--merge", *pages, "--from", "toy"]) == WRONG_USAGE
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
