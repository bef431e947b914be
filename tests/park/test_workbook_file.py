"""Files that call themselves workbooks: what may not be parsed is refused before it is."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from circularpark.park.folder import find_park
from circularpark.park.workbook import cells as workbook_cells
from circularpark.park.workbook.cells import read_sheets
from circularpark.park.workbook.guard import OLE, looked_at
from tests.park.books import SITES, findings_of, make_book, only, repacked, sheet_part, told


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.xlsx", b"", "workbook.file.empty"),
        ("text.xlsx", b"id,site\n", "workbook.file.not_workbook"),
        ("page.xlsx", b"<html></html>", "workbook.file.not_workbook"),
        ("old.xlsx", OLE + bytes(600), "workbook.file.other_kind"),
        ("locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "workbook.file.encrypted"),
        ("old.xls", OLE, "workbook.file.other_kind"),
        ("binary.xlsb", b"PK\x03\x04", "workbook.file.other_kind"),
        ("open.ods", b"PK\x03\x04", "workbook.file.other_kind"),
        ("macros.xlsm", b"PK\x03\x04", "workbook.file.macros"),
        ("pickle.xlsx", b"\x80\x04\x95", "workbook.file.not_workbook"),
        ("cut.xlsx", b"PK\x03\x04" + bytes(40), "workbook.file.truncated"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, name, content, code):
    file = tmp_path / name
    file.write_bytes(content)
    assert told(only(file)) == (code, "problem", name, None, None)


def test_a_workbook_that_was_cut_off_is_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    file.write_bytes(file.read_bytes()[:-900])
    assert only(file).code == "workbook.file.truncated"


def test_a_file_over_the_limit_is_refused_by_its_size_alone(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    assert looked_at(file) is None
    found = looked_at(file, largest=1000)
    assert found is not None
    assert found.code == "workbook.file.too_large"
    assert "0.001 MB" in found.message("en")


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    repacked(file, lambda parts: parts.update({"xl/media/x.bin": bytes(300_000)}))
    assert only(file).code == "workbook.file.bomb"


def test_a_bomb_whose_directory_lies_is_refused_too(tmp_path):
    """The directory says a few bytes; the part swells to far more."""
    file = make_book(tmp_path / "a.xlsx")
    part = "xl/comments.xml"
    repacked(file, lambda parts: parts.update({part: b"<a>" + b" " * 400_000 + b"</a>"}))
    raw = bytearray(file.read_bytes())
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(part.encode()))
    raw[at + 24 : at + 28] = (5000).to_bytes(4, "little")
    file.write_bytes(raw)
    assert only(file).code == "workbook.file.broken"


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "xl\\evil.xml", "C:evil.xml"])
def test_a_part_whose_path_leads_out_is_refused(tmp_path, name):
    file = make_book(tmp_path / "a.xlsx")
    repacked(file, lambda parts: parts.update({name: b"<a/>"}))
    assert only(file).code == "workbook.file.bad_path"


def test_a_symbolic_link_in_the_file_is_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert only(file).code == "workbook.file.bad_path"


def test_two_parts_of_one_name_are_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/Workbook.xml", "<a/>")
    assert only(file).code == "workbook.file.part_twice"


def test_too_many_parts_are_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    repacked(file, lambda parts: parts.update({f"xl/x{i}.xml": b"" for i in range(2100)}))
    assert only(file).code == "workbook.file.too_many_parts"


def test_macros_under_another_name_are_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    repacked(file, lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    assert only(file).code == "workbook.file.macros"


def test_links_to_other_workbooks_are_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    name = "xl/externalLinks/externalLink1.xml"
    repacked(file, lambda parts: parts.update({name: b"<a/>"}))
    assert only(file).code == "workbook.file.linked"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", "sheet"])
def test_document_types_and_entities_are_refused(tmp_path, part):
    file = make_book(tmp_path / "a.xlsx")
    part = sheet_part(file, "streams") if part == "sheet" else part

    def declare(parts):
        head, rest = parts[part].split(b"?>", 1)
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        parts[part] = head + b"?>" + entity + rest

    assert only(repacked(file, declare)).code == "workbook.file.entities"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<dimension ref="A1:E3"/>', b'<dimension ref="A1:XFD1048576"/>'),
        (b'<c r="E3"', b'<c r="XFD1048576"'),
        (b'<c r="E3"', b'<c r="A1000001"'),
    ],
)
def test_a_sheet_with_two_cells_far_apart_is_refused(tmp_path, old, new):
    file = make_book(tmp_path / "a.xlsx")
    part = sheet_part(file, "streams")

    def spread(parts):
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)

    found = only(repacked(file, spread))
    assert told(found) == ("workbook.file.sparse", "problem", "a.xlsx · streams", None, None)


def test_formats_alone_far_to_the_right_do_no_harm(tmp_path):
    def colour(book, sheets):
        sheets["streams"].write_blank(1, 16000, None, book.add_format({"bg_color": "red"}))

    assert findings_of(make_book(tmp_path / "a.xlsx", colour)) == []


def test_a_broken_sheet_is_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    part = sheet_part(file, "streams")
    repacked(file, lambda parts: parts.update({part: parts[part][:-30]}))
    assert only(file).code == "workbook.file.broken"


def test_deep_nesting_is_refused(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    part = sheet_part(file, "streams")
    deep = b"<a>" * 60 + b"</a>" * 60
    repacked(
        file,
        lambda parts: parts.update(
            {part: parts[part].replace(b"<sheetData>", deep + b"<sheetData>")}
        ),
    )
    assert only(file).code == "workbook.file.too_deep"


def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path, monkeypatch):
    """The child, not this process, asks for the memory, and it alone ends."""
    greedy = tmp_path / "greedy.py"
    child = workbook_cells.CHILD.read_text(encoding="utf-8")
    greedy.write_text(child.replace("    limit()\n", "    limit()\n    bytearray(3 << 30)\n"))
    monkeypatch.setattr(workbook_cells, "CHILD", greedy)
    assert only(make_book(tmp_path / "a.xlsx")).code == "workbook.file.limits"


def test_a_reader_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(workbook_cells, "CHILD", slow)
    monkeypatch.setattr(workbook_cells, "PATIENCE", 0.5)
    assert only(make_book(tmp_path / "a.xlsx")).code == "workbook.file.limits"


def test_a_link_as_path_is_no_park(tmp_path):
    with pytest.raises(Exception, match="no folder and no demo park"):
        find_park("https://example.org/park.xlsx")


def test_reading_leaves_the_file_as_it_was(tmp_path):
    file = make_book(tmp_path / "a.xlsx", sites=SITES)
    copy = shutil.copy(file, tmp_path / "copy.xlsx")
    assert [sheet.name for sheet in read_sheets(file)][:2] == ["park", "sites"]
    assert file.read_bytes() == (tmp_path / "copy.xlsx").read_bytes()
    assert copy is not None
