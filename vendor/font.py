#!/usr/bin/env python3
"""Makes the font of the pictures: a subset of M PLUS 1 Medium as a small OpenType file with CFF outlines.

It keeps what stb_truetype reads (cmap, CFF, hmtx, head, hhea, maxp), without hints, names, layout tables and subroutines
(zlib packs plain outlines better). Outlines are set on a coarser grid, absolute points rounded one by one: at the sizes
that we draw a step of it is a twentieth of a pixel. The same font, text and fonttools give the same bytes: no time stamp is
written.

usage: vendor/font.py FONT OUTPUT TEXT...    (the characters of the TEXT files are kept beside the fixed ones)
"""

import pathlib
import sys

from fontTools.misc.roundTools import otRound
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

UNITS = 320  # of an em
DROPPED = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "OS/2", "STAT", "VORG", "gasp", "name", "post", "vhea", "vmtx"]


def jis(rows):
    """The characters of these rows (ku) of JIS X 0208."""
    for row in rows:
        for cell in range(1, 95):
            try:
                yield ord(bytes([0xA0 + row, 0xA0 + cell]).decode("euc_jp"))
            except UnicodeDecodeError:
                pass


def wanted(texts):
    """Latin with all accents, general punctuation, JIS X 0208 without level 2 (rows 48 on), the texts'."""
    kept = {*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1E00, 0x1F00), *range(0x2010, 0x2060), 0x20AC, 0x2122,
            *jis(range(1, 9)), *jis(range(16, 48))}
    return kept.union(*(map(ord, pathlib.Path(text).read_text(encoding="utf-8")) for text in texts))


def coarsen(font):
    """Sets outlines and widths on a grid of UNITS to the em."""
    scale = UNITS / font["head"].unitsPerEm
    top = font["CFF "].cff.topDictIndex[0]
    glyphs = font.getGlyphSet()
    drawn = {}
    for name in font.getGlyphOrder():
        pen = T2CharStringPen(None, None)
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        drawn[name] = pen.getCharString(private=top.Private)
    for name, outline in drawn.items():
        top.CharStrings[name].bytecode, top.CharStrings[name].program = None, outline.program
    metrics = font["hmtx"].metrics
    for name, (width, side) in metrics.items():
        metrics[name] = (otRound(width * scale), otRound(side * scale))
    for table, fields in {"head": ["xMin", "yMin", "xMax", "yMax"], "hhea": ["ascent", "descent", "lineGap"]}.items():
        for field in fields:
            setattr(font[table], field, otRound(getattr(font[table], field) * scale))
    font["head"].unitsPerEm = UNITS
    top.FontMatrix = [1 / UNITS, 0, 0, 1 / UNITS, 0, 0]


def main(source, output, *texts):
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.desubroutinize = True
    options.layout_features = []
    options.name_IDs = []
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += DROPPED
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted(texts))
    subsetter.subset(font)
    coarsen(font)
    font.save(output)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
