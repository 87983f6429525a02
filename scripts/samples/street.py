"""A bus comes down a street of shops, and people walk along it."""

import numpy as np

from body import on_ground, shaded
from bus import Bus
from camera import Camera, blur
from layer import foliage, laid_over, new_layer
from light import UP, Light, mix, rgb, sky, to_screen
from noise import clouding, noise, step
from person import person


def hazy(colour, away):
    return mix(colour, rgb("d3dfe8"), 1 - np.exp(-away / 300))


def house(image, camera, light, side, wall, near, far, tall, paint, seed):
    """One of a row: the wall along the street, with windows set back in it, and what stands out above a lower one."""
    ahead = np.maximum(camera.right * side, 1e-4)
    z = wall / ahead
    y = camera.eye[1] + camera.up * z
    here = (z > near) & (z < far) & (y < tall) & (y > 0)
    z, y = z[here], y[here]
    random = np.random.default_rng(seed)
    bay, sign = random.uniform(1.9, 2.5), rgb(random.choice(["23382c", "2b3a50", "56262a", "2b2b2b", "8a8478"]))

    def in_bay(z, width):
        return (z - near) % width - width / 2

    def on_floor(y):
        return (y - 3.9) % 3.2 - 1.2

    def opening(z, y):
        upstairs = (abs(in_bay(z, bay)) < 0.5) & (abs(on_floor(y)) < 0.85) & (y > 3.9) & (y < tall - 0.9)
        return upstairs | (abs(in_bay(z, 2 * bay)) < bay - 0.25) & (y > 0.5) & (y < 2.9)

    def put(where, colour):
        albedo[where] = colour[where] if colour.ndim > 1 else colour

    weathered = 1 + 0.3 * clouding(z * 0.5, y * 0.3, seed, 6) + 0.2 * (noise(z * 9, y * 16, seed) - 0.5)
    albedo = paint * weathered[:, None]
    hole, deeper = opening(z, y), 1 + 0.16 / wall
    glazed = hole & opening(z * deeper, camera.eye[1] + (y - camera.eye[1]) * deeper)
    pane = mix(rgb("12171b"), rgb("9db6cc"), np.clip(0.2 + 0.3 * clouding(z * 0.35, y * 0.4, seed + 9, 3), 0, 1))
    put(hole, albedo * 0.5)
    put(glazed, pane)
    put(glazed & (y > 3.9) & ((abs(in_bay(z, bay)) < 0.04) | (abs(on_floor(y)) < 0.04)), rgb("dad8d2"))
    put(opening(z, y + 0.14) & ~hole | (abs(y - tall + 0.2) < 0.2), rgb("cfc8ba"))
    put(abs(y - 3.25) < 0.28, sign)
    put((abs(y - 3.25) < 0.12) & (abs(in_bay(z, 2 * bay)) < 1) & (noise(z * 7, 0 * y, seed) > 0.5), rgb("d8d2c0"))
    eaves = 1 - 0.5 * step(0.9, 0.3, tall - y) * (tall - y > 0.4) - 0.4 * step(0.35, 0, abs(y - 2.75))
    lit = light.on(albedo, np.float32([-side, 0, 0]), eaves, eaves * (0.6 + 0.4 * step(-1, 4, y)))
    image[here] = hazy(lit, z)

    x, y = camera.right * near * side, camera.eye[1] + camera.up * near
    end = (x > wall) & (x < wall + 9) & (y < tall) & (y > 0)
    albedo = paint * (0.9 + 0.3 * clouding(x[end], y[end], seed, 5))[:, None]
    lit = light.on(albedo, np.float32([0, 0, -1]), np.float32(0.8), np.float32(0.9))
    image[end] = hazy(lit, near)


def street():
    camera = Camera(height=1.6, horizon=0.55, zoom=0.85)
    light = Light((0.3, 0.75, -0.55), "fff0d8", "b4cdf0", "8f8a80")
    random = np.random.default_rng(11)
    image = sky(camera, "4a8ad0", "dfe9ee", 0.08, 240)
    left_wall, left_kerb, middle, right_kerb, right_wall = -5.4, -1.7, 2.9, 7.5, 10.6
    x, z, pixel = camera.ground()

    tar = clouding(x * 0.4, z * 0.25, 200, 8, pixel * 0.4)
    speck = noise(x * 60, z * 60, 66) - 0.5
    tracks = step(0.5, 0, abs(abs(abs(x - middle) - 2.3) - 0.9))
    ground = rgb("67676a") * (1 + 0.5 * tar + 0.3 * speck - 0.15 * tracks)[:, None]
    ground = mix(ground, rgb("d2d2cc"), (abs(x - middle) < 0.07) * (z % 4.5 < 2.4) * (0.75 + tar))
    ground = mix(ground, rgb("b8963e"), (abs(abs(abs(x - middle) - 4.15) - 0.1) < 0.05) * (0.65 + tar))
    slab_x, slab_z = x / 0.75, z / 0.75
    joints = np.minimum(abs(slab_x % 1 - 0.5), abs(slab_z % 1 - 0.5)) * 0.75
    each = noise(np.floor(slab_x + 0.5) * 3, np.floor(slab_z + 0.5) * 3, 9) - 0.5
    slabs = 1 + 0.5 * tar + 0.25 * each + 0.1 * speck - 0.4 * step(0.02, 0.005, joints) * step(0.04, 0.01, pixel)
    ground = np.where(((x < left_kerb) | (x > right_kerb))[:, None], rgb("958f86") * slabs[:, None], ground)
    kerb = abs(abs(x - middle) - (right_kerb - middle) - 0.1) < 0.1
    ground = np.where(kerb[:, None], rgb("b0aba2") * (1 + 0.4 * tar)[:, None], ground)

    houses = []
    for side, wall in ((-1, -left_wall), (1, right_wall)):
        near = 2.0
        while near < 90:
            far, tall = near + random.uniform(6, 11), 4.8 + 3.2 * random.integers(2, 4)
            paint = rgb(random.choice(["8f5f4e", "bfae90", "cdc5b6", "7d5245", "ab9880"]))
            houses.append((side, wall, near, far, tall, paint, 300 + len(houses)))
            near = far
    trees = [(-2.3, away) for away in (13, 20, 28, 38)] + [(8.2, away) for away in (30, 42)]
    dressed = dict(sleeves=1, trousers=1, stride=0.33)
    bodies = [
        person((-4.6, 0, 24), -1.5, "c99070 6b4a2a 777064 4a4038 222222", **dressed),
        person((-4.0, 0, 15), -1.6, "b98060 2a1b12 8f8676 2f3d55 222222", **dressed),
        Bus((4.4, 0, 12.5)),
        person((-2.5, -0.01, 5.8), 1.0, "c99070 3a2415 31568c 2b2c33 1a1a1e", **dressed, long_hair=True),
    ]
    sun, open_to_sky = shaded(bodies, on_ground(x, z), light)
    # The row on the right throws its shadow as far as the sun's rays pass above it.
    reach = (right_wall - x) / light.toward[0]
    height, through = reach * light.toward[1], z + reach * light.toward[2]
    for side, _, near, far, tall, *_ in houses:
        sun[(side > 0) & (through > near) & (through < far) & (height < tall)] = 0
    for tree_x, tree_z in trees:
        away = np.hypot(x - tree_x + 1.8, (z - tree_z - 3.3) * 0.8) + 1.5 * clouding(x * 1.5, z * 1.5, 77, 4)
        sun *= 1 - 0.8 * step(1.9, 1.5, away)
    image[camera.below] = hazy(light.on(ground, UP, sun, open_to_sky), z)
    for built in sorted(houses, key=lambda built: -built[2]):
        house(image, camera, light, *built)
    layer, draw = new_layer()
    for across in np.linspace(-9, 15, 9):
        foliage(draw, camera, (across, 3, 92), 4, 0.5, 300, rgb("4f6350"), rgb("9fb08a"), random)
    for tree_x, tree_z in sorted(trees, key=lambda tree: -tree[1]):
        stem = camera.pixel(tree_x, 0, tree_z), camera.pixel(tree_x, 4, tree_z)
        draw.line(stem, to_screen(rgb("6b6054")), int(0.16 * camera.focus / tree_z))
        for turn in range(9):
            across, height = tree_x + 0.75 * np.cos(turn * 2.4), 4.7 + 0.9 * np.sin(turn * 2.4)
            clump = across, height + random.normal(0, 0.15), tree_z
            foliage(draw, camera, clump, random.uniform(0.6, 1), 0.065, 900, rgb("0f1d0c"), rgb("75903f"), random)
    image = blur(laid_over(image, layer, 0), 0.5)
    for body in bodies:
        body.draw(image, camera, light)
    return image
