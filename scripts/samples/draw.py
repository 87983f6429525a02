"""Draws the page's sample pictures, for visitors without a photo at hand; drawn, so that they belong to nobody.

    pip install numpy pillow
    python scripts/samples/draw.py [beach] [meadow] [street]

The captioner learnt from photos, so the scenes imitate a camera: metres and perspective, sunlight and skylight in
linear colours, round bodies that throw shadows, blur where a lens would blur. In every scene x is to the right, y is
up and z is away from the camera. It takes some minutes; FINER=1 in the environment draws a rough sketch in seconds.
"""

import io
import sys
from pathlib import Path

from beach import beach
from camera import develop
from meadow import meadow
from street import street

SAMPLES = Path(__file__).parents[2] / "www/page/samples"
MOST_BYTES = 45_000

scenes = {"beach": beach, "meadow": meadow, "street": street}
for name in sys.argv[1:] or scenes:
    picture = develop(scenes[name]())
    for quality in range(92, 40, -1):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= MOST_BYTES:
            break
    (SAMPLES / f"{name}.jpg").write_bytes(file.getvalue())
    print(f"{name}.jpg: {file.tell()} bytes at quality {quality}")
