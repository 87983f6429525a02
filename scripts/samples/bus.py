"""The bus in the street: the one body with flat sides, which needs paint more than shape."""

import numpy as np

from body import Body
from light import mix, rgb
from noise import clouding, noise, step


class Bus(Body):
    """A double-decker that comes towards the camera: a box with wheels, whose front and sides are painted on."""

    AXLES, WHEEL = (2.3, 7.8), 0.5

    def __init__(self, at):
        self.at, self.turned = np.float32(at), np.eye(3, dtype=np.float32)
        self.middle, self.reach = self.at + np.float32([0, 2.2, 5]), 5.8

    def distance(self, points):
        x, y, z = self.local(points).T
        gaps = np.stack([abs(x) - 1.05, abs(y - 2.35) - 1.8, abs(z - 5) - 4.75], axis=1)
        body = np.linalg.norm(np.maximum(gaps, 0), axis=1) + np.minimum(gaps.max(1), 0) - 0.25
        for axle in self.AXLES:
            wheel = np.hypot(y - self.WHEEL, z - axle) - self.WHEEL
            body = np.minimum(np.maximum(body, 0.1 - wheel), np.maximum(wheel, abs(abs(x) - 1.1) - 0.15))
        return body

    def colour(self, points, normals):
        x, y, z = self.local(points).T
        front = normals[:, 2] < -0.6
        paint = np.tile(rgb("b3171c"), (len(x), 1))

        def band(value, middle, half):
            return abs(value - middle) < half

        def fill(where, colour):
            paint[where] = colour if colour.ndim == 1 else colour[where]

        # Glass mirrors a bright sky above and the street's dark walls below.
        mirrored = step(0.1, 0.9, (y - 1.3) % 1.45 + 0.5 * clouding(x * 0.5 + z * 0.3, y * 0.5 + z * 0.2, 4, 3))
        glass = mix(rgb("0d1318"), rgb("8fb0cc"), 0.12 + 0.55 * mirrored)
        frame = rgb("1b1b1c")
        windows = band(y, 3.3, 0.48) | band(y, 1.85, 0.5)
        sides = ~front & windows & band(z, 5, 4.6)
        fill(sides, frame)
        fill(sides & band((z + 0.1) % 1.5, 0.75, 0.68), glass)
        screens = front & (band(y, 3.3, 0.5) | band(y, 1.75, 0.55))
        fill(screens & band(x, 0, 1.12), frame)
        fill(screens & band(x, 0, 1.07) & (abs(x) > 0.025), glass)
        fill(front & band(y, 2.55, 0.17) & band(x, 0, 0.85), frame)
        letters = noise(x * 17, 0 * y, 3) * 0.8 + noise(x * 30, y * 30, 5) * 0.4 > 0.5
        fill(front & band(y, 2.55, 0.1) & band(x, 0, 0.7) & letters, rgb("f0c87a"))
        fill(front & (np.hypot(abs(x) - 0.92, (y - 0.85) * 1.3) < 0.19), rgb("d8dcdc"))
        fill(front & (np.hypot(abs(x) - 0.92, (y - 0.85) * 1.3) < 0.12), rgb("ffffff") * 1.6)
        fill(front & band(y, 0.7, 0.07) & band(x, 0, 0.27), rgb("dcd9c8"))
        fill(~front & band(y, 2.57, 0.08), rgb("cdbf9f"))
        fill(y < 0.42, frame)
        for axle in self.AXLES:
            fill((y < 1.1) & (np.hypot(y - self.WHEEL, z - axle) < self.WHEEL + 0.06), frame)
            fill(np.hypot(y - self.WHEEL, z - axle) < 0.26, rgb("777777"))
        return paint * (1 + 0.1 * clouding(x * 2 + z, y * 2, 6, 4) - 0.15 * step(1.4, 0.4, y))[:, None]
