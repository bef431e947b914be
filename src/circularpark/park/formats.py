"""From the bytes of a CSV file to rows of text: encodings, separators, line ends, quotes."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from circularpark.errors import Finding

# UTF-8 read as Latin-1 or Windows-1252: a lead byte's letter and one or two continuation bytes.
TAIL: Final = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]"
MOJIBAKE: Final = re.compile(f"\ufffd|锟斤拷|烫烫烫|屯屯屯|[ÃÂ]{TAIL}|[âäåæçèé]{TAIL}{TAIL}")
LONE_CR: Final = re.compile("\r(?!\n)")
LONE_LF: Final = re.compile("(?<!\r)\n")
CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)
# Of text that really is GB18030, most characters stand in GB 2312; of a wrong guess few do.
USUAL_SHARE: Final = 0.9


def decode(raw: bytes, file: str) -> tuple[str, list[Finding]]:
    """The text of a table's bytes, and what had to be done to read it.

    UTF-8 is the rule; a byte order mark, UTF-16 and GB18030 are read and told. Text that cannot
    be read, or that was spoilt before it came here, is a problem.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(raw, "utf-16", file)
    if raw[:64].count(0) > len(raw[:64]) // 4:
        return _utf16(raw, "utf-16-be" if raw[:1] == b"\x00" else "utf-16-le", file)
    findings: list[Finding] = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _gb18030(raw, file)
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(Finding("park.encoding.mark", "fixed", file))
    return _checked(text, file, findings)


def _utf16(raw: bytes, codec: str, file: str) -> tuple[str, list[Finding]]:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return "", [Finding("park.encoding.unknown", file=file)]
    fixed = Finding("park.encoding.other", "fixed", file, value="UTF-16")
    return _checked(text.removeprefix("\ufeff"), file, [fixed])


def _gb18030(raw: bytes, file: str) -> tuple[str, list[Finding]]:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return "", [Finding("park.encoding.unknown", file=file)]
    findings = [Finding("park.encoding.other", "fixed", file, value="GB18030")]
    foreign = [sign for sign in text if not sign.isascii()]
    usual = sum(_in_gb2312(sign) for sign in foreign)
    if usual < USUAL_SHARE * len(foreign):
        shown = "".join(foreign[:8])
        findings.append(Finding("park.encoding.guess", "warning", file, value=shown))
    return _checked(text, file, findings)


def _in_gb2312(sign: str) -> bool:
    """Whether the sign is a common one: GB 2312, signs and level 1 (rows 1 to 55)."""
    try:
        return sign.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _checked(text: str, file: str, findings: list[Finding]) -> tuple[str, list[Finding]]:
    if not text.isascii() and (spoilt := MOJIBAKE.search(text)):
        row = text.count("\n", 0, spoilt.start()) + 1
        findings.append(Finding("park.encoding.spoilt", "problem", file, row, value=spoilt.group()))
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        findings.append(Finding("park.encoding.nul", "problem", file, row))
    if "\r" in text:
        ends = ("\r\n" in text, LONE_CR.search(text) is not None, LONE_LF.search(text) is not None)
        if sum(ends) > 1:
            findings.append(Finding("park.encoding.line_ends", "fixed", file))
    return text, findings


def rows_of_text(text: str, file: str) -> tuple[list[list[str]], list[Finding]]:
    """The rows of cells of CSV text, stripped of the blanks around them."""
    findings: list[Finding] = []
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    separator = _separator(plain)
    if separator != ",":
        shown = {"\t": "TAB"}.get(separator, separator)
        findings.append(Finding("park.csv.separator", "fixed", file, 1, value=shown))
    rows: list[list[str]] = []
    lines = csv.reader(io.StringIO(plain), delimiter=separator, strict=True)
    # Only a quoted cell holds a line's end.
    bare = not any(sign in plain for sign in ' \t"')
    try:
        rows.extend(lines if bare else ([cell.strip(" \t\n") for cell in row] for row in lines))
    except csv.Error:
        findings.append(Finding("park.csv.quotes", "problem", file, len(rows) + 1))
    return rows, findings


def _separator(text: str) -> str:
    """The comma, unless the first line has none and another separator instead."""
    first = text.split("\n", 1)[0]
    if "," in first:
        return ","
    return max(";\t", key=first.count) if (";" in first or "\t" in first) else ","
