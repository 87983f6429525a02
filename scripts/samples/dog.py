"""The dog that runs through the meadow."""

from body import Body, chain
from light import rgb


def dog(at, turn):
    """Running towards x before the turn."""
    coat, dark, pale, black, tongue = map(rgb, "7f5535 432817 ad8760 15110f c9606c".split())
    cones = []
    trunk = [(0.27, 0.53, 0), (0.02, 0.545, 0), (-0.2, 0.57, 0), (-0.34, 0.56, 0)]
    tail = [(-0.40, 0.61, 0), (-0.54, 0.68, 0), (-0.66, 0.77, 0), (-0.75, 0.88, 0)]
    chain(cones, trunk, (0.15, 0.142, 0.11, 0.1), coat, 0.09)
    chain(cones, [(0.2, 0.63, 0), (-0.3, 0.615, 0)], (0.06, 0.05), dark, 0.09)
    chain(cones, [(0.32, 0.48, 0), (0.18, 0.43, 0)], (0.105, 0.1), pale, 0.09)
    chain(cones, [(0.30, 0.58, 0), (0.43, 0.73, 0), (0.485, 0.805, 0)], (0.12, 0.085, 0.092), coat, 0.07)
    chain(cones, [(0.53, 0.785, 0), (0.68, 0.752, 0)], (0.06, 0.047), coat, 0.05)
    chain(cones, [(0.52, 0.735, 0), (0.655, 0.69, 0)], (0.045, 0.022), pale, 0.015)
    chain(cones, [(0.60, 0.72, 0), (0.67, 0.685, 0)], (0.022, 0.02), tongue, 0.005)
    chain(cones, [(0.715, 0.772, 0), (0.729, 0.762, 0)], (0.026, 0.022), black, 0.01)
    chain(cones, tail, (0.042, 0.032, 0.028, 0.014), coat)
    near_front = (0.27, 0.46), (0.38, 0.35), (0.52, 0.26), (0.58, 0.20)
    far_front = (0.24, 0.46), (0.22, 0.30), (0.10, 0.16), (0.04, 0.13)
    near_hind = (-0.31, 0.53), (-0.38, 0.36), (-0.56, 0.27), (-0.66, 0.13), (-0.66, 0.09)
    far_hind = (-0.29, 0.50), (-0.16, 0.34), (-0.24, 0.20), (-0.12, 0.06), (-0.07, 0.05)
    for side, front, hind in ((-1, near_front, near_hind), (1, far_front, far_hind)):
        ear = [(0.46, 0.87, side * 0.07), (0.425, 0.81, side * 0.105), (0.42, 0.715, side * 0.105)]
        chain(cones, ear, (0.026, 0.04, 0.03), dark, 0.01)
        chain(cones, [(0.562, 0.826, side * 0.058), (0.57, 0.824, side * 0.06)], (0.019, 0.018), black, 0.003)
        chain(cones, [(*point, side * 0.085) for point in front], (0.085, 0.048, 0.03, 0.034), coat)
        chain(cones, [(*point, side * 0.085) for point in hind], (0.105, 0.068, 0.034, 0.029, 0.033), coat)
    return Body(cones, at, turn, soft=0.008, rough=(0.0045, 70, 150), mottle=0.8)
