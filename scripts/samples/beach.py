"""Somebody walks where the waves run out."""

import numpy as np

from body import on_ground, shaded
from camera import Camera
from light import UP, Light, mix, rgb, sky
from noise import clouding, noise, step
from person import person


def beach():
    camera = Camera(height=1.55, horizon=0.42, zoom=1.15)
    light = Light((-0.6, 0.62, -0.5), "fff1da", "a9c8f0", "d8c39c")
    image = sky(camera, "3f7fc8", "cfe3ee", 0.12, 40)
    x, z, pixel = camera.ground()
    deep = z - 7.6 - 0.10 * x - 1.2 * clouding(x * 0.22, z * 0.05, 3, 4)

    # The facets of water mirror the sky at slants, so that its brightness is a matter of slope.
    slope = clouding(x * 0.55, z * 1.3, 8, 7, pixel * 1.3) + 0.6 * clouding(x * 0.1, z * 0.35, 9, 3, pixel * 0.35)
    slope += 0.6 * clouding(x / z * 16, np.log(z) * 40, 31, 5) * step(12, 50, z)
    water = mix(mix(rgb("79aea6"), rgb("245f80"), step(0, 22, deep)), rgb("1d4a72"), step(20, 200, deep) * 0.7)
    water = water * (1 + 0.9 * slope)[:, None] + rgb("b9d6ee") * (0.08 + 0.45 * np.clip(slope, 0, 1))[:, None]
    lace = 1 - 5.5 * abs(clouding(x * 0.9 + 0.4 * slope, z * 1.1, 12, 6, pixel))
    foam = 0.8 * step(0.25, 0.9, lace - 0.12 * deep + 0.2) * step(-0.05, 0.15, deep) * step(9, 1, deep)
    foam += step(0.30, 0.05, abs(deep - 0.15)) * step(-0.4, 0.2, lace + 0.4)
    water = mix(water, rgb("f4f8f8") * 0.95, np.clip(foam, 0, 1))

    walker = person(
        (0.75, -0.03, 4.9), 0.65, "c98e6b 2a1b12 b83a35 2c3b52 c08560", sleeves=0.35, trousers=0.42, stride=0.42
    )
    wet = step(-2.1, -0.7, deep + 0.5 * clouding(x * 0.6, z * 0.3, 33, 4))
    wavy = [clouding(x * 1.1 + lag, z * 1.3 + lag, 20, 8, pixel) for lag in (0, 0.03)]
    trodden = [abs(clouding(x * 2.1 + lag, z * 2.1 + lag, 90, 4, pixel)) for lag in (0, 0.06)]
    bumps = 2.5 * (wavy[1] - wavy[0]) + 1.8 * (trodden[0] - trodden[1])
    speck = noise(x * 90, z * 50, 66) - 0.5
    sand = mix(rgb("d3b88e"), rgb("c0a078"), 0.5 + wavy[0]) * (1 + 0.4 * speck)[:, None]
    sand = mix(sand, rgb("94774f"), wet)
    sun, open_to_sky = shaded([walker], on_ground(x, z), light)
    sand = light.on(sand, UP, sun * np.clip(1 + bumps * (1 - 0.8 * wet), 0.4, 1.5), open_to_sky)
    sand = mix(sand, rgb("a9bfd4"), 0.28 * wet)
    image[camera.below] = mix(sand, water * (0.75 + 0.25 * sun)[:, None], step(0, 0.12, deep))

    # Breakers stand up from the water in rows; the nearer hide the farther.
    for index, (away, tall) in enumerate(((60, 0.5), (38, 0.5), (25, 0.55), (17, 0.5), (11.5, 0.34))):
        across = camera.right * away
        y = camera.eye[1] + camera.up * (away + 1.2 * clouding(across * 0.12, 0 * across, 50 + index, 3))
        crest = tall * step(-0.25, 0.35, clouding(across * 0.13, 0 * across + 4, 60 + index, 4))
        share = np.clip(y / np.maximum(crest, 0.01), 0, 1)
        ragged = clouding(across * 1.5, y * 4, 70 + index, 5)
        inside = step(-0.02, 0.04, y) * step(0.03, -0.03, y - crest - 0.1 * ragged) * step(0.05, 0.12, crest)
        face = mix(rgb("3a7f88"), rgb("84bdb3"), share) * (1 + 0.8 * ragged)[..., None]
        white = rgb("f6fafa") * (0.85 + 0.5 * ragged)[..., None]
        image = mix(image, mix(face, white, step(0.1, 0.5, share * crest / tall + 0.9 * ragged - 0.12)), inside)
    image = mix(image, rgb("cfe0ea"), 0.5 * np.exp(-((camera.up * 90) ** 2)))
    walker.draw(image, camera, light)
    return image
