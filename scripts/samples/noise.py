"""Chance that looks grown: what clouds, waves, sand, grass, coats and walls vary by."""

import numpy as np


def step(low, high, value):
    """0 at `low`, 1 at `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def noise(x, y, seed):
    lattice = np.random.default_rng(seed).random((256, 256), np.float32)
    column, row = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
    u, v = step(0, 1, x - column), step(0, 1, y - row)
    left, right, top, bottom = column & 255, (column + 1) & 255, row & 255, (row + 1) & 255
    upper = lattice[top, left] * (1 - u) + lattice[top, right] * u
    lower = lattice[bottom, left] * (1 - u) + lattice[bottom, right] * u
    return (upper * (1 - v) + lower * v).astype(np.float32)


def clouding(x, y, seed, octaves=5, pixel=0):
    """Noise of several sizes around 0; what is smaller than a pixel fades, since it would only flicker."""
    total = np.zeros(np.broadcast(x, y).shape, np.float32)
    for octave in range(octaves):
        scale = 2.03**octave
        seen = np.clip(1.5 - 1.5 * pixel * scale, 0, 1) / 1.8**octave
        total += (noise(x * scale + 17.3 * octave, y * scale + 9.1 * octave, seed + octave) - 0.5) * seen
    return total
