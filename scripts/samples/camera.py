"""Where in the picture a thing is, and what a lens and a sensor do to its light."""

import os

import numpy as np
from PIL import Image

from light import mix
from noise import step

WIDTH, HEIGHT = 640, 480
# Edges are smooth because every pixel of a sample is the mean of FINER x FINER drawn ones.
FINER = int(os.environ.get("FINER", 3))


class Camera:
    """Looks along z from above the origin; held level, so that verticals stay vertical."""

    def __init__(self, height, horizon, zoom):
        rows, columns = np.mgrid[0 : HEIGHT * FINER, 0 : WIDTH * FINER].astype(np.float32) + 0.5
        self.eye = np.float32([0, height, 0])
        self.focus = zoom * WIDTH * FINER
        self.centre = WIDTH * FINER / 2, horizon * HEIGHT * FINER
        self.right, self.up = (columns - self.centre[0]) / self.focus, (self.centre[1] - rows) / self.focus
        rays = np.stack([self.right, self.up, np.ones_like(self.up)], axis=2)
        self.rays = rays / np.linalg.norm(rays, axis=2, keepdims=True)
        self.below = self.up < -1e-4

    def ground(self):
        """Where the rays below the horizon meet the ground, and how long a pixel is there."""
        z = self.eye[1] / -self.up[self.below]
        return self.right[self.below] * z, z, z * z / self.eye[1] / self.focus

    def pixel(self, x, y, z):
        return self.centre[0] + x / z * self.focus, self.centre[1] - (y - self.eye[1]) / z * self.focus


def blur(image, radius):
    """Three box filters, which come close to a lens's softness."""
    reach = max(1, round(radius * FINER / 2))
    for axis in (0, 1) * 3:
        rows = np.moveaxis(image, axis, 0)
        sums = np.cumsum(np.pad(rows, ((reach + 1, reach), (0, 0), (0, 0)), mode="edge"), axis=0, dtype=np.float64)
        rows = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
        image = np.moveaxis(rows.astype(np.float32), 0, axis)
    return image


def develop(image):
    """What a camera does to light: highlights glow and roll off, corners are darker, colours paler, a little grain."""
    image = image + blur(np.clip(image - 0.8, 0, 2), 10) * 0.2
    image = image.reshape(HEIGHT, FINER, WIDTH, FINER, 3).mean((1, 3))
    image = mix(image.mean(2, keepdims=True), image, 0.86)
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    image *= (1 - 0.07 * (rows**2 + columns**2) ** 1.2)[..., None]
    image = (image / (1 + image**4) ** 0.25) ** (1 / 2.2)
    image = mix(image, step(0, 1, image), 0.3) + np.random.default_rng(1).normal(0, 0.005, (HEIGHT, WIDTH, 1))
    return Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
