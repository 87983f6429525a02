"""Builds the page's Burmese font, for systems that have none: the letters of Burmese alone, out of Noto Sans Myanmar.

    pip install fonttools==4.68.0 brotli
    npm pack @fontsource/noto-sans-myanmar@5.3.0
    tar xf fontsource-noto-sans-myanmar-5.3.0.tgz
    python scripts/fonts.py package

It writes regular.woff2, bold.woff2 and their licence to www/page/fonts/. What other languages write in the same script
is left out, and so is the Latin alphabet; every form into which Burmese letters join is kept.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[1] / "www/page/fonts"
FAMILY = "Sightline Myanmar"
WEIGHTS = {"Regular": 400, "Bold": 700}

# Letters, vowels and marks, digits and punctuation of Burmese; U+1022, U+1028, U+1033 to U+1035 are Mon and Shan.
BURMESE = [*range(0x1000, 0x1022), *range(0x1023, 0x1028), *range(0x1029, 0x1033), *range(0x1036, 0x1050)]
# What a shaper joins or parts letters with, and what it sets a lone mark on.
HELPERS = [0x200B, 0x200C, 0x200D, 0x25CC]


def part(source: Path) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    # Names 0 and 14 tell whose it is, and under what licence.
    subsetter = Subsetter(Options(layout_features=["*"], hinting=False, name_IDs=[0, 14], drop_tables=["STAT"]))
    subsetter.populate(unicodes=BURMESE + HELPERS)
    subsetter.subset(font)
    return font


def rename(font: TTFont, style: str) -> None:
    """Gives it a name of its own, so that nobody takes it for the whole font."""
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"SightlineMyanmar-{style}"}
    for number, name in names.items():
        font["name"].setName(name, number, 3, 1, 0x409)


def build(package: Path) -> None:
    for style, weight in WEIGHTS.items():
        font = part(package / f"files/noto-sans-myanmar-myanmar-{weight}-normal.woff2")
        rename(font, style)
        font.flavor = "woff2"
        file = FONTS / f"{style.lower()}.woff2"
        font.save(file)
        print(f"{file.name}: {file.stat().st_size} bytes, {len(font.getGlyphOrder())} glyphs")
    (FONTS / "OFL.txt").write_text((package / "LICENSE").read_text())


build(Path(sys.argv[1]))
