"""The command ``report``: three files, one company's edition, and what goes wrong."""

from __future__ import annotations

import pytest

from circularpark.cli.main import run


@pytest.fixture
def no_browser(monkeypatch, tmp_path):
    """A machine without a browser, so that no test waits for one."""
    monkeypatch.setattr("circularpark.show.browser.BROWSERS", ())
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)


@pytest.mark.usefixtures("no_browser")
def test_it_writes_page_and_workbook_and_says_what_print_needs(tmp_path, capsys):
    assert run(["report", "toy", "--out", str(tmp_path), "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert {one.name for one in tmp_path.iterdir()} == {"report.html", "results.xlsx"}
    assert "apt-get install chromium" in said.err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<section id="projects">' in page


@pytest.mark.usefixtures("no_browser")
def test_a_companys_edition_has_no_workbook_of_the_whole_park(tmp_path):
    arguments = ["report", "huaining-cement", "--company", "Huaining Conch"]
    assert run([*arguments, "--out", str(tmp_path), "--lang", "zh"]) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["report-Huaining Conch.html"]


def test_an_unknown_company_is_said_with_those_that_there_are(tmp_path, capsys):
    assert run(["report", "toy", "--company", "nobody", "--out", str(tmp_path)]) == 2
    assert "nobody" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
