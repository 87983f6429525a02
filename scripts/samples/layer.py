"""Leaves and blades are too many to march rays for; they are painted flat, on layers that may be out of focus."""

import numpy as np
from PIL import Image, ImageDraw

from camera import FINER, HEIGHT, WIDTH, blur
from light import mix, to_screen


def new_layer():
    layer = Image.new("RGBA", (WIDTH * FINER, HEIGHT * FINER))
    return layer, ImageDraw.Draw(layer)


def laid_over(image, layer, softness):
    """The picture with a painted layer on it that is out of focus by `softness`."""
    painted = np.asarray(layer, np.float32) / 255
    cover = painted[..., 3:]
    painted = np.concatenate([painted[..., :3] ** 2.2 * cover, cover], axis=2)
    painted = blur(painted, softness) if softness else painted
    return image * (1 - painted[..., 3:]) + painted[..., :3]


def foliage(draw, camera, middle, spread, size, count, dark, bright, random):
    """A clump of leaves as dots, lighter towards a sun up and to the left."""
    offsets = random.normal(size=(count, 3))
    offsets *= random.random((count, 1)) ** 0.4 / np.linalg.norm(offsets, axis=1, keepdims=True)
    for right, up, away in offsets[np.argsort(-offsets[:, 2])]:
        x, y = camera.pixel(middle[0] + right * spread, middle[1] + up * spread * 0.85, middle[2])
        radius = size * random.uniform(0.4, 1) * camera.focus / middle[2]
        lit = np.clip(0.45 - 0.3 * right + 0.45 * up - 0.15 * away + random.normal(0, 0.18), 0, 1)
        draw.ellipse((x - radius, y - radius * 0.8, x + radius, y + radius * 0.8), to_screen(mix(dark, bright, lit)))
