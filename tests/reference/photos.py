"""Draws the photos of `../photos` and says what decoding and resizing must give.

A synthetic scene, so that the fixtures belong to nobody; asymmetrical, so that
no orientation looks like another; smooth for the most part, so that the folder
stays small. `expected/NAME.png` is the picture as Pillow decodes it, flattened
to RGB and resized to 224 x 224 with its anti-aliased bicubic filter, the one
that the checkpoints were trained with.

The hostile files stand for what users really drop into a page: files cut short,
files of another type, sizes that would exhaust the memory.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

PHOTOS = Path(__file__).parent.parent / "photos"
EXPECTED = PHOTOS / "expected"
SIDE = 224

# What undoes each EXIF orientation; applied to the upright scene it gives the
# pixels to store.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ORIENTATION = 0x0112


def scene(width: int, height: int) -> Image.Image:
    """A house in a field under an evening sky, at any size."""
    x = np.linspace(0, 1, width)[None, :]
    y = np.linspace(0, 1, height)[:, None]
    sky = [110 + 120 * y + 20 * x, 140 + 60 * y - 30 * x, 210 - 60 * y + 0 * x]
    ripple = 14 * np.sin(40 * x + 9 * y) * np.sin(70 * y)
    field = [70 + 60 * x + ripple, 130 - 20 * x + ripple, 50 + 30 * y + ripple]
    horizon = y > 0.62 + 0.05 * np.sin(5 * x)
    pixels = np.stack([np.where(horizon, f, s) for f, s in zip(field, sky)], axis=2)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

    draw = ImageDraw.Draw(picture)

    def at(*points):
        return [(round(px * width), round(py * height)) for px, py in points]

    draw.ellipse(at((0.74, 0.08), (0.88, 0.30)), fill=(255, 228, 130))
    draw.rectangle(at((0.12, 0.42), (0.36, 0.76)), fill=(176, 72, 58))
    draw.polygon(at((0.09, 0.42), (0.24, 0.24), (0.39, 0.42)), fill=(92, 46, 50))
    draw.rectangle(at((0.17, 0.50), (0.23, 0.60)), fill=(250, 240, 190))
    draw.rectangle(at((0.28, 0.56), (0.33, 0.76)), fill=(60, 36, 30))
    # A sign with lines of "text": the thin strokes show how sharp a filter is.
    draw.rectangle(at((0.56, 0.52), (0.84, 0.74)), fill=(240, 240, 232))
    for line in range(4):
        top = 0.55 + 0.045 * line
        for stroke in range(14 - 3 * line):
            left = 0.58 + 0.017 * stroke
            draw.rectangle(at((left, top), (left + 0.006, top + 0.022)), fill=(30, 40, 90))
    draw.line(at((0.70, 0.74), (0.70, 0.92)), fill=(80, 70, 60), width=max(1, width // 80))
    return picture


def with_alpha(picture: Image.Image) -> Image.Image:
    """Opaque on the left, fading out to the right, with a hole in the middle."""
    width, height = picture.size
    alpha = Image.fromarray(
        np.tile(np.linspace(255, 0, width).round().astype(np.uint8), (height, 1))
    )
    box = [(width // 2, height // 3), (width * 2 // 3, height // 2)]
    ImageDraw.Draw(alpha).rectangle(box, fill=0)
    picture = picture.copy()
    picture.putalpha(alpha)
    return picture


def inked(picture: Image.Image) -> Image.Image:
    """CMYK with its grey part moved to black ink, as printers' files have it."""
    ink = 255 - np.asarray(picture).astype(np.float64)
    black = ink.min(axis=2, keepdims=True)
    colour = 255 * (ink - black) / np.maximum(255 - black, 1)
    inks = np.concatenate([colour, black], axis=2).round().astype(np.uint8)
    return Image.merge("CMYK", [Image.fromarray(plane) for plane in np.moveaxis(inks, 2, 0)])


def png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    """A PNG by hand, for what Pillow cannot or will not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows, 9))
        + png_chunk(b"IEND", b"")
    )


def deep(width: int, height: int) -> np.ndarray:
    """The scene in 16 bits per channel, using the low bytes as well."""
    pixels = np.asarray(scene(width, height)).astype(np.int64) * 257
    # Moves values off the multiples of 257, so that rounding them matters.
    shift = (np.arange(width)[None, :, None] * 37 + np.arange(height)[:, None, None] * 11) % 250
    return np.clip(pixels + shift - 125, 0, 65535).astype(np.uint16)


def write_deep(path: Path, pixels: np.ndarray) -> None:
    height, width, _ = pixels.shape
    # Filter 1 (the difference to the pixel at the left) halves the file's size.
    lines = pixels.astype(">u2").view(np.uint8).reshape(height, width * 6)
    left = np.concatenate([np.zeros((height, 6), np.uint8), lines[:, :-6]], axis=1)
    rows = np.concatenate([np.ones((height, 1), np.uint8), lines - left], axis=1)
    path.write_bytes(png(width, height, 16, 2, rows.tobytes()))


def upright_rgb(picture: Image.Image) -> Image.Image:
    picture = ImageOps.exif_transpose(picture)
    if "A" in picture.getbands():
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    return picture.convert("RGB")


def expect(name: str, picture: Image.Image) -> None:
    small = upright_rgb(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    small.save(EXPECTED / f"{name}.png", optimize=True)


def good() -> None:
    base = scene(400, 260)
    base.save(PHOTOS / "scene.jpg", quality=85)
    medium = scene(240, 156)
    medium.save(PHOTOS / "progressive.jpg", quality=85, progressive=True)
    inked(medium).save(PHOTOS / "cmyk.jpg", quality=85)
    medium.convert("L").save(PHOTOS / "grey.jpg", quality=85)
    medium.quantize(32).save(PHOTOS / "palette.png", optimize=True)
    with_alpha(medium).save(PHOTOS / "alpha.png", optimize=True)
    with_alpha(medium.convert("L")).save(PHOTOS / "grey-alpha.png", optimize=True)
    medium.save(PHOTOS / "lossy.webp", quality=80)
    medium.save(PHOTOS / "lossless.webp", lossless=True, quality=100, method=6)
    scene(96, 62).save(PHOTOS / "scene.bmp")
    scene(61, 47).save(PHOTOS / "small.png", optimize=True)
    # Far larger than the result: shows whether shrinking is anti-aliased.
    scene(1600, 1000).save(PHOTOS / "large.jpg", quality=30)
    scene(1, 1).save(PHOTOS / "one-pixel.png")

    # Later frames are clearly another picture, so taking one of them shows.
    first = scene(160, 104)
    frames = [first, ImageOps.invert(first), Image.new("RGB", first.size, "navy")]
    frames = [frame.quantize(32) for frame in frames]
    frames[0].save(
        PHOTOS / "animated.gif", save_all=True, append_images=frames[1:], duration=100, loop=0
    )

    for name in [
        "scene.jpg", "progressive.jpg", "cmyk.jpg", "grey.jpg", "palette.png", "alpha.png",
        "grey-alpha.png", "lossy.webp", "lossless.webp", "animated.gif", "scene.bmp",
        "small.png", "large.jpg",
    ]:  # fmt: skip
        with Image.open(PHOTOS / name) as picture:
            expect(name, picture)

    # Pillow reads 16 bit RGB by dropping the low bytes; the right value is rounded.
    pixels = deep(160, 104)
    write_deep(PHOTOS / "rgb16.png", pixels)
    expect("rgb16.png", Image.fromarray(np.rint(pixels / 257).astype(np.uint8)))


def orientations() -> None:
    # Whole 8 x 8 blocks, no chroma subsampling, and the same quantisation in both
    # directions: turning the picture then just turns the JPEG's blocks, so that
    # all eight decode to nearly the same pixels.
    upright = scene(120, 80)
    even = [[3] * 64] * 2
    for orientation, transpose in STORED_AS.items():
        stored = upright if transpose is None else upright.transpose(transpose)
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        path = PHOTOS / f"orientation-{orientation}.jpg"
        stored.save(path, qtables=even, subsampling=0, exif=exif)
    with Image.open(PHOTOS / "orientation-1.jpg") as picture:
        expect("orientation", picture)


def hostile() -> None:
    # 3.6 gigapixels, claimed by a well-formed file of a few dozen bytes.
    (PHOTOS / "huge.png").write_bytes(png(60000, 60000, 8, 2, bytes(64)))
    whole = (PHOTOS / "scene.jpg").read_bytes()
    (PHOTOS / "truncated.jpg").write_bytes(whole[: len(whole) * 6 // 10])
    (PHOTOS / "text.jpg").write_bytes(b"This is a text file that calls itself a photo.\n")
    (PHOTOS / "empty.jpg").write_bytes(b"")
    for brand in [b"heic", b"avif"]:
        box = b"ftyp" + brand + bytes(4) + b"mif1" + brand
        start = struct.pack(">I", 4 + len(box)) + box
        data = struct.pack(">I", 16) + b"mdat" + bytes(8)
        (PHOTOS / f"photo.{brand.decode()}").write_bytes(start + data)


def show() -> None:
    for path in sorted(PHOTOS.rglob("*.*")):
        print(f"{path.stat().st_size:8} {path.relative_to(PHOTOS)}")
    print(f"{sum(p.stat().st_size for p in PHOTOS.rglob('*.*')):8} in all")
    golden = np.asarray(Image.open(EXPECTED / "orientation.png")).astype(int)
    for orientation in STORED_AS:
        with Image.open(PHOTOS / f"orientation-{orientation}.jpg") as picture:
            found = upright_rgb(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        off = np.abs(np.asarray(found).astype(int) - golden)
        print(f"orientation {orientation}: off by {off.mean():.3f} on average, {off.max()} at most")


if __name__ == "__main__":
    EXPECTED.mkdir(parents=True, exist_ok=True)
    good()
    orientations()
    hostile()
    show()
