"""Colours as light adds them up, the sky, and the light that falls on things from sun, sky and ground."""

import numpy as np

from noise import clouding, step

UP = np.float32([0, 1, 0])


def rgb(code):
    """A colour as stylesheets write it, made linear, since light adds up."""
    return (np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255) ** 2.2


def to_screen(colour):
    return tuple((np.clip(colour, 0, 1) ** (1 / 2.2) * 255).astype(int))


def mix(a, b, share):
    return a + (b - a) * np.asarray(share, np.float32)[..., None]


class Light:
    def __init__(self, toward, sun, sky, ground):
        self.toward = np.float32(toward) / np.linalg.norm(toward)
        self.sun, self.sky, self.ground = rgb(sun) * 2.6, rgb(sky) * 0.8, rgb(ground) * 0.5

    def on(self, colour, normal, sunlit, open_to_sky):
        direct = np.clip(normal @ self.toward, 0, None) * sunlit
        around = mix(self.ground, self.sky, 0.5 + 0.5 * normal[..., 1]) * open_to_sky[..., None]
        return colour * (self.sun * direct[..., None] + around)


def sky(camera, high, low, clear, seed):
    image = mix(rgb(low), rgb(high), np.clip(camera.up / 0.55, 0, 1) ** 0.6)
    away = 1 / (np.clip(camera.up, 0, None) + 0.16)
    x, y = camera.right * away * 1.3, away * 1.6
    thick, nearer_sun = clouding(x, y, seed, 6), clouding(x - 0.12, y - 0.25, seed, 6)
    lit = np.clip(0.85 + 0.9 * (thick - nearer_sun) - 0.2 * step(clear, clear + 0.5, thick), 0, 1.1)
    clouds = lit[..., None] ** 1.5 * rgb("ffffff") * 1.1 + rgb("8fa3bd") * 0.1
    return mix(image, clouds, step(clear, clear + 0.3, thick) * 0.95)
