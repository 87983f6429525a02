"""Crops and scales the page's sample photos, and the photo of its example, from the files that CREDITS.md names.

    pip install pillow
    python scripts/samples.py FOLDER

The folder holds those files under their own names. Which part of a photo is shown was chosen by outcome: on four of
them flickr8k-lite is right, on the astronaut it is wrong. `sightline caption www/page/samples` tells what it says.
"""

import sys
from pathlib import Path

from PIL import Image

PAGE = Path(__file__).parents[1] / "www/page"
QUALITY = 80

# The source, and the left, upper, right and lower edge of what is shown of it.
PHOTOS = {
    "surfer": ("action-adventure-beach-390051.jpg", (280, 0, 986, 529)),
    "skier": ("action-adventure-cold-298008.jpg", (60, 80, 990, 700)),
    "skateboarder": ("action-balance-fun-305250.jpg", (310, 260, 870, 680)),
    "taxis": ("taxis.jpg", (481, 172, 1158, 679)),
    "astronaut": ("Astronaut.png", (0, 0, 512, 512)),
}


def save(file: Path, source: Path, part: tuple[int, int, int, int], side: int) -> None:
    """Writes a part of a photo, its longer side at most so many pixels."""
    photo = Image.open(source).convert("RGB").crop(part)
    # A colour profile would only say that it is sRGB, as a photo without one is.
    photo.info.clear()
    width, height = photo.size
    scale = min(1, side / max(width, height))
    photo = photo.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)
    photo.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    print(f"{file.relative_to(PAGE)}: {photo.width} x {photo.height}, {file.stat().st_size} bytes")


folder = Path(sys.argv[1])
for name, (source, part) in PHOTOS.items():
    save(PAGE / f"samples/{name}.jpg", folder / source, part, 640)
save(PAGE / "example/photo.jpg", folder / PHOTOS["skier"][0], PHOTOS["skier"][1], 800)
