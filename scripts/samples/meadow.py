"""A dog runs through grass, some of it nearer than the dog."""

import numpy as np

from body import on_ground
from camera import FINER, WIDTH, Camera, blur
from dog import dog
from layer import foliage, laid_over, new_layer
from light import Light, mix, rgb, sky, to_screen
from noise import clouding, step


def grass(image, camera, nearest, farthest, count, softness, body, light, random):
    layer, draw = new_layer()
    # Even in the picture, not on the ground: there the far blades would be too few or the near ones too many.
    z = np.sort(1 / random.uniform(1 / farthest, 1 / nearest, count))[::-1]
    x = random.uniform(-0.58, 0.58, count) * z * WIDTH * FINER / camera.focus
    patch = clouding(x * 1.2, z * 1.2, 80, 4)
    tall, lean = random.uniform(0.05, 0.15, count) * (1 + 0.8 * patch), random.normal(0.02, 0.05, count)
    sun, _ = body.shade(on_ground(x, z, tall / 2), light)
    for i in range(count):
        colour = mix(rgb("4a6b26"), rgb("8aa544"), np.clip(random.random() + patch[i], 0, 1))
        colour = mix(colour, rgb("b9b368"), 0.5 * (random.random() > 0.88))
        colour = colour * (0.42 + 0.72 * sun[i]) * random.uniform(0.7, 1.2)
        left, bottom = camera.pixel(x[i], 0, z[i])
        bend, middle = camera.pixel(x[i] + lean[i] * 0.6, tall[i] * 0.6, z[i])
        tip, top = camera.pixel(x[i] + lean[i] * 2, tall[i], z[i])
        wide = 0.005 * camera.focus / z[i]
        low, high = to_screen(colour * (0.45 if i % 3 else 0.85)), to_screen(colour * (1.3 if i % 2 else 0.85))
        draw.polygon([(left - wide, bottom), (left + wide, bottom), (bend + wide, middle), (bend - wide, middle)], low)
        draw.polygon([(bend - wide, middle), (bend + wide, middle), (tip, top)], high)
    return laid_over(image, layer, softness)


def meadow():
    camera = Camera(height=0.8, horizon=0.40, zoom=1.25)
    light = Light((-0.55, 0.7, -0.45), "fff0d6", "a9c8ee", "6f8a3c")
    random = np.random.default_rng(7)
    image = sky(camera, "4f8fd0", "d6e6ee", 0.16, 140)
    x, z, pixel = camera.ground()
    turf = clouding(x * 0.5, z * 0.5, 90, 8, pixel * 0.5)
    ground = mix(rgb("4f7a25"), rgb("93ad48"), np.clip(0.5 + turf + step(6, 40, z) * 0.2, 0, 1))
    image[camera.below] = ground * (1.1 + 0.5 * turf)[:, None]
    layer, draw = new_layer()
    for index, away in enumerate(np.sort(random.uniform(26, 60, 26))[::-1]):
        across = random.uniform(-0.5, 0.5) * away * 0.95
        tall = random.uniform(2.5, 6.5) if index % 3 else random.uniform(1, 2)
        dark = mix(rgb("0d1f0c"), rgb("2a4226"), away / 60)
        bright = mix(rgb("557f2c"), rgb("8a9c52"), random.random())
        for _ in range(6):
            clump = across + random.normal(0, tall * 0.35), tall * random.uniform(0.3, 0.8), away
            foliage(draw, camera, clump, tall * 0.38, 0.24, 330, dark, bright, random)
    image = blur(laid_over(image, layer, 0), 4)
    runner = dog((-0.05, 0.02, 3.3), 0.3)
    image = grass(image, camera, 5, 14, 16000, 1.5, runner, light, random)
    image = grass(image, camera, 3.3, 5.2, 12000, 0.4, runner, light, random)
    runner.draw(image, camera, light)
    image = grass(image, camera, 2.3, 3.3, 7000, 0, runner, light, random)
    return grass(image, camera, 1.2, 2.3, 2500, 3, runner, light, random)
