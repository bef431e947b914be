"""Makes the font that the package carries, from Debian's package fonts-noto-cjk.

``python docs/make_font.py [FILE]``: FILE is NotoSansCJK-Regular.ttc. Kept are the characters of
GB 2312, of Latin-1, of the words tables, the catalogue and the demo parks. The outlines become
quadratic, which browsers put into a PDF as they are; subscript figures, which the font lacks, are
its own figures made smaller. What may be done with a font under the SIL Open Font License.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2
ROOT = Path(__file__).parent.parent
TARGET = ROOT / "src/circularpark/show/assets/NotoSansSC-subset.woff"
TEXTS = ("src/circularpark/words/*.toml", "src/circularpark/park/tables.toml",
         "src/circularpark/park/catalogue/*.csv", "parks/**/*.csv", "parks/**/*.toml",
         "parks/**/*.geojson")  # fmt: skip
# Largest distance of a quadratic outline from the cubic one, in thousandths of an em.
OFF = 1.0
SMALLER, LOWER = 0.6, -140


def wanted() -> set[int]:
    """The characters that are kept."""
    found = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    for high in range(0xA1, 0xF8):
        row = bytes(byte for low in range(0xA1, 0xFF) for byte in (high, low))
        found |= set(row.decode("gb2312", "ignore"))
    for pattern in TEXTS:
        for file in ROOT.glob(pattern):
            found |= set(file.read_text("utf-8"))
    return {ord(one) for one in found if one.isprintable()}


def kept(font: TTFont, characters: set[int]) -> None:
    """Leave out all other glyphs, and the tables for vertical lines."""
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)


def outline(glyphs: Any, name: str, shift: tuple[float, ...] = (1, 0, 0, 1, 0, 0)) -> Any:
    """One glyph with quadratic curves."""
    pen = TTGlyphPen(None)
    glyphs[name].draw(TransformPen(Cu2QuPen(pen, OFF, reverse_direction=True), shift))
    return pen.glyph()


def quadratic(font: TTFont) -> None:
    """Exchange the cubic outlines for quadratic ones, and add the subscript figures."""
    glyphs, order = font.getGlyphSet(), list(font.getGlyphOrder())
    found = {name: outline(glyphs, name) for name in order}
    widths, codes = font["hmtx"].metrics, font.getBestCmap()
    for figure in range(10):
        name, own = f"subscript{figure}", codes[ord("0") + figure]
        found[name] = outline(glyphs, own, (SMALLER, 0, 0, SMALLER, 15, LOWER))
        widths[name] = (int(widths[own][0] * SMALLER) + 30, 0)
        order.append(name)
        for table in font["cmap"].tables:
            if table.isUnicode() and table.format in (4, 12):
                table.cmap[0x2080 + figure] = name
    font.setGlyphOrder(order)
    font["loca"], table = newTable("loca"), newTable("glyf")
    font["glyf"] = table
    table.glyphOrder, table.glyphs = order, found
    for name in order:
        found[name].recalcBounds(table)
        left = found[name].xMin if found[name].numberOfContours else 0
        widths[name] = (widths[name][0], left)
    del font["CFF "]
    _as_truetype(font)


def _as_truetype(font: TTFont) -> None:
    most, post = font["maxp"], font["post"]
    most.tableVersion, most.maxZones = 0x00010000, 1
    for name in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements",
                 "SizeOfInstructions", "ComponentElements"):  # fmt: skip
        setattr(most, f"max{name}", 0)
    post.formatType, post.extraNames, post.mapping = 3.0, [], {}
    font.sfntVersion = "\000\001\000\000"


def main(source: str) -> None:
    """Write the font beside the other assets."""
    font = TTFont(source, fontNumber=SIMPLIFIED)
    kept(font, wanted())
    quadratic(font)
    font.flavor = "woff"
    font.save(TARGET)
    print(f"{TARGET}: {len(font.getGlyphOrder())} glyphs, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else SOURCE)
