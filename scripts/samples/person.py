"""People who walk: on the beach, and along the street."""

import numpy as np

from body import Body, chain
from light import rgb


def person(at, turn, colours, sleeves, trousers, stride=0.5, long_hair=False):
    """Walking towards x before the turn; `sleeves` and `trousers` say how much of the limbs is clothed."""
    skin, hair, top, bottom, shoes = map(rgb, colours.split())
    cones = []

    def limb(joint, splay, angles, lengths, radii, clothed, cloth):
        """Angles are from straight down, forwards; returns where the limb ends."""
        points = [np.array(joint)]
        for angle, length in zip(angles, lengths):
            points.append(points[-1] + length * np.array([np.sin(angle), -np.cos(angle), splay]))
        for i, (a, b) in enumerate(zip(points, points[1:])):
            covered = np.clip(clothed * 2 - i, 0, 1)
            edge, radius = a + (b - a) * covered, radii[i] + (radii[i + 1] - radii[i]) * covered
            if covered < 1:
                chain(cones, [edge, b], [radius, radii[i + 1]], skin, 0.02)
            if covered > 0:
                chain(cones, [a, edge], [radii[i] + 0.014, radius + 0.022], cloth, 0.02)
        return points[-1]

    hip = 0.88
    chain(cones, [(0, hip + 0.06, -0.075), (0, hip + 0.06, 0.075)], (0.12, 0.12), bottom, 0.05)
    chain(cones, [(0, 1.0, -0.05), (0, 1.0, 0.05)], (0.128, 0.128), top, 0.02)
    chain(cones, [(0, 1.05, 0), (0.02, 1.25, 0)], (0.13, 0.135), top, 0.06)
    chain(cones, [(0.01, 1.25, -0.08), (0.01, 1.25, 0.08)], (0.12, 0.12), top, 0.06)
    chain(cones, [(0.0, 1.385, -0.13), (0.0, 1.385, 0.13)], (0.062, 0.062), top, 0.1)
    chain(cones, [(0.0, 1.40, 0), (0.03, 1.52, 0)], (0.066, 0.056), skin)
    chain(cones, [(0.06, 1.525, 0), (0.04, 1.62, 0)], (0.066, 0.094), skin)
    chain(cones, [(0.13, 1.585, 0), (0.14, 1.565, 0)], (0.012, 0.014), skin)
    chain(cones, [(-0.01, 1.60, 0), (0.018, 1.645, 0)], (0.1, 0.1), hair, 0.012)
    for side, swing in ((-1, stride), (1, -stride)):
        if long_hair:
            chain(cones, [(0, 1.64, side * 0.05), (-0.03, 1.40, side * 0.08)], (0.07, 0.055), hair)
        chain(cones, [(0.118, 1.602, side * 0.034), (0.116, 1.602, side * 0.04)], (0.012, 0.012), skin * 0.3, 0.004)
        chain(cones, [(0.03, 1.59, side * 0.094), (0.03, 1.56, side * 0.088)], (0.02, 0.014), skin, 0.01)
        bent = swing * 1.1, swing * 1.1 + 0.4
        wrist = limb((0.0, 1.35, side * 0.18), side * 0.13, bent, (0.28, 0.25), (0.054, 0.043, 0.033), sleeves, top)
        chain(cones, [wrist, wrist + (0.03, -0.08, 0)], (0.034, 0.024), skin, 0.02)
        behind = swing > 0
        shin = -swing - (0.1 + 0.6 * stride if behind else -0.08)
        ankle = limb((0, hip, side * 0.09), 0, (-swing, shin), (0.42, 0.40), (0.092, 0.062, 0.042), trousers, bottom)
        toes = (0.13, -0.055 - 0.06 * behind, 0)
        chain(cones, [ankle + (-0.02, -0.035, 0), ankle + toes], (0.044, 0.034), shoes, 0.02)
    return Body(cones, at, turn, soft=0.004, rough=(0.011, 13, 9), mottle=0.25)
