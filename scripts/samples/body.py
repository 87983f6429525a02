"""Things that need a true shape and a shadow: found, lit and shaded by marching rays."""

import numpy as np

from light import UP
from noise import clouding, step


class Body:
    """Round cones that melt into each other, each (from, to, radius, radius, colour, melt)."""

    def __init__(self, cones, at, turn, soft, rough, mottle):
        c, s = np.cos(turn), np.sin(turn)
        self.turned = np.float32([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        self.cones = [(np.float32(a), np.float32(b), *rest) for a, b, *rest in cones]
        self.at, self.soft, self.rough, self.mottle = np.float32(at), soft, rough, mottle
        ends = np.array([end for cone in self.cones for end in cone[:2]])
        middle = (ends.min(0) + ends.max(0)) / 2
        self.reach = np.linalg.norm(ends - middle, axis=1).max() + 0.2
        self.middle = middle @ self.turned.T + self.at

    def local(self, points):
        return (points - self.at) @ self.turned

    def gaps(self, points):
        local = self.local(points)
        for a, b, near, far, colour, melt in self.cones:
            along = b - a
            share = np.clip((local - a) @ along / max(along @ along, 1e-9), 0, 1)
            yield np.linalg.norm(local - a - share[:, None] * along, axis=1) - near - (far - near) * share, colour, melt

    def grain(self, points, octaves, coarser=1):
        x, y, z = self.local(points).T / coarser
        return clouding(self.rough[1] * (x + z * 0.7), self.rough[2] * (y + z * 0.6), 5, octaves)

    def distance(self, points):
        total = np.full(len(points), 9, np.float32)
        for gap, _, melt in self.gaps(points):
            total = np.minimum(total, gap) - np.maximum(melt - abs(total - gap), 0) ** 2 / (4 * melt)
        return total + self.rough[0] * self.grain(points, 2)

    def colour(self, points, _):
        total, weights = np.zeros((len(points), 3), np.float32), np.full(len(points), 1e-9, np.float32)
        for gap, colour, _ in self.gaps(points):
            weight = np.exp(-np.clip(gap, -0.005, 0.3) / self.soft)
            total += weight[:, None] * colour
            weights += weight
        return total * ((1 + self.mottle * self.grain(points, 4, coarser=3)) / weights)[:, None]

    def normal(self, points):
        total = np.zeros_like(points)
        for corner in np.float32([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]]):
            total += corner * self.distance(points + 0.004 * corner)[:, None]
        return total / np.linalg.norm(total, axis=1, keepdims=True)

    def sunlit(self, points, toward):
        """1 in the sun, 0 in this body's shadow, between at the shadow's edge."""
        least, way = np.ones(len(points), np.float32), np.full(len(points), 0.03, np.float32)
        for _ in range(26):
            gap = self.distance(points + way[:, None] * toward)
            least = np.minimum(least, gap / way * 9)
            way += np.clip(gap, 0.02, 0.4)
        return step(-0.2, 1, least)

    def shade(self, points, light):
        """How much of the sun and of the sky this body leaves to the ground."""
        sun, sky = np.ones((2, len(points)), np.float32)
        offset = points - self.middle
        down_sun = np.clip(offset @ -light.toward, 0, None)[:, None] * light.toward
        in_line = np.linalg.norm(offset + down_sun, axis=1) < self.reach
        close = np.linalg.norm(offset, axis=1) < 1.6 * self.reach
        sun[in_line] = self.sunlit(points[in_line], light.toward)
        sky[close] = np.clip(0.35 + self.distance(points[close] + 0.1 * UP) * 2.2, 0, 1)
        return sun, sky

    def draw(self, image, camera, light):
        toward = self.middle - camera.eye
        passing = np.linalg.norm(toward - (camera.rays @ toward)[..., None] * camera.rays, axis=2)
        pixels = np.argwhere(passing < self.reach)
        rays = camera.rays[pixels[:, 0], pixels[:, 1]]
        way = np.maximum(rays @ toward - self.reach, 0.1)
        last = way + 2 * self.reach
        moving = np.arange(len(rays))
        for _ in range(60):
            gap = self.distance(camera.eye + way[moving, None] * rays[moving])
            way[moving] += 0.9 * gap
            moving = moving[(gap > 0.001) & (way[moving] < last[moving])]
        points = camera.eye + way[:, None] * rays
        hit = (way < last) & (self.distance(points) < 0.004)
        points, pixels = points[hit], pixels[hit]
        normals = self.normal(points)
        sunlit = self.sunlit(points + normals * 0.01, light.toward)
        open_to_sky = np.clip(0.3 + self.distance(points + normals * 0.12) * 6, 0, 1)
        image[pixels[:, 0], pixels[:, 1]] = light.on(self.colour(points, normals), normals, sunlit, open_to_sky)


def chain(cones, points, radii, colour, melt=0.04):
    for a, b, near, far in zip(points, points[1:], radii, radii[1:]):
        cones.append((a, b, near, far, colour, melt))


def shaded(bodies, points, light):
    """What all bodies together leave of the sun and of the sky."""
    shades = [body.shade(points, light) for body in bodies]
    return np.min([sun for sun, _ in shades], axis=0), np.min([sky for _, sky in shades], axis=0)


def on_ground(x, z, y=0):
    return np.stack([x, y + 0 * x, z], axis=1).astype(np.float32)
