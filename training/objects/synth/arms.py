"""Where the forearm lies in a photo of a hand: its axis, its width and how far it can be followed.
Measured from the picture's own pixels, because palm keypoints end at the wrist and hands bend there.
"""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass
class Arm:
    """wrist: [2] pixels, on the arm's axis; axis: unit vector from the hand outward along the forearm;
    palm: distance from wrist to middle knuckle in pixels; half: half width of the arm in pixels at the
    wrist; taper: growth of the half width per pixel along the axis; near, far: distances from the
    wrist in pixels between which skin was seen; sure: both edges were measured; grey: no colour."""

    wrist: np.ndarray
    axis: np.ndarray
    palm: float
    half: float
    taper: float
    near: float
    far: float
    sure: bool
    grey: bool

    def moved(self, matrix):
        """The same arm after a similarity [2,3] of the picture (mirroring allowed)."""
        linear = matrix[:, :2]
        scale = float(np.sqrt(abs(np.linalg.det(linear))))
        axis = linear @ self.axis
        return Arm(linear @ self.wrist + matrix[:, 2], axis / np.linalg.norm(axis), self.palm * scale, self.half * scale,
                   self.taper, self.near * scale, self.far * scale, self.sure, self.grey)


def _edges(distance, threshold, middle):
    """Indices of the two edges of the run of skin about `middle`; None where it has no end."""
    skin = distance < threshold
    if not skin[middle - 2:middle + 3].any():
        return None
    out = []
    for step in (-1, 1):
        i, last, gap = middle, middle, 0
        while 0 <= i < len(skin):
            if skin[i]:
                last, gap = i, 0
            else:
                gap += 1
                if gap > 4:
                    break
            i += step
        else:
            return None
        out.append(last)
    return out


def measure(image, keypoints):
    """The Arm of a hand, or None when no forearm can be seen or it is not certain where its edges are.

    Measured again with a laxer notion of skin (see `_measure`): where the width changes much, the arm
    runs into something of its own colour."""
    arm = _measure(image, keypoints, 1.)
    if arm is None or not arm.sure:
        return arm
    lax = _measure(image, keypoints, 1.15)
    if lax is None:
        return None
    wide = [a.half + a.taper * .4 * a.palm for a in (arm, lax)]
    return arm if max(wide) < 1.25 * min(wide) and arm.axis @ lax.axis > .95 else None


def _measure(image, keypoints, factor):
    """The Arm of a hand for one notion of skin, or None.

    image: RGB uint8 [H,W,3]; keypoints: palm keypoints [7,2] in pixels. Skin is what resembles the
    palm and wrist in Lab; the threshold between skin and surroundings is Otsu's on the distances found
    about the wrist, and each profile across the arm must leave the skin on both sides."""
    keypoints = np.asarray(keypoints, np.float64)
    wrist, knuckle = keypoints[0], keypoints[2]
    palm = float(np.linalg.norm(wrist - knuckle))
    H, W = image.shape[:2]
    if palm < 16 or not (2 <= wrist[0] < W - 2 and 2 <= wrist[1] < H - 2):
        return None
    axis = (wrist - knuckle) / palm
    lab = cv2.cvtColor(cv2.medianBlur(image, 5), cv2.COLOR_RGB2LAB).astype(np.float32) - 128
    grey = bool(np.abs(image[..., 0].astype(np.int16) - image[..., 2]).mean() < 4)
    weight = np.array((1., 0, 0) if grey else (.4, 1, 1), np.float32)

    def sample(points):
        maps = points.astype(np.float32)
        taken = cv2.remap(lab, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(-128, 0, 0))
        return taken.reshape(points.shape[:-1] + (3,))

    normal = np.array([-axis[1], axis[0]])
    ts, ss = np.linspace(-.55, .12, 9), np.linspace(-.14, .14, 5)
    skin_points = wrist + axis * (ts[:, None, None] * palm) + normal * (ss[None, :, None] * palm)
    samples = sample(skin_points).reshape(-1, 3)
    skin = np.median(samples, 0)

    def distance(points, tone):
        return np.sqrt(((sample(points) - tone) ** 2 * weight).sum(-1))

    field = wrist + axis * (np.linspace(-.3, 1, 24)[:, None, None] * palm) + normal * (np.linspace(-.9, .9, 48)[None, :, None] * palm)
    values = np.clip(distance(field, skin), 0, 60)
    otsu, _ = cv2.threshold((values * 4).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    threshold = float(np.clip(otsu / 4, 9, 28)) * factor

    n, reach = 121, 1.0
    offsets = np.linspace(-reach, reach, n) * palm
    middle, good, tone = 0., [], skin.copy()
    for t in np.arange(0.05, 1.65, .08):
        centre = wrist + axis * t * palm + normal * middle
        if not (1 <= centre[0] < W - 1 and 1 <= centre[1] < H - 1):
            break
        lines = centre + normal * offsets[:, None]
        d = np.mean([distance(lines + axis * k * .02 * palm, tone) for k in (-1, 0, 1)], 0)
        found = _edges(d, threshold, n // 2)
        if found is None:
            if np.mean(d[n // 2 - 8:n // 2 + 9]) > threshold:
                break
            continue
        a, b = offsets[found[0]], offsets[found[1]]
        if not .36 * palm < b - a < 1.15 * palm:
            if b - a < .36 * palm and len(good) >= 2:
                break
            continue
        ends = centre + normal * np.array([[a], [b]])
        if np.any(ends < 1) or np.any(ends[:, 0] > W - 2) or np.any(ends[:, 1] > H - 2):
            continue
        good.append((t * palm, middle + (a + b) / 2, (b - a) / 2))
        middle = float(np.clip(middle + .7 * (a + b) / 2, -.6 * palm * (t + .2), .6 * palm * (t + .2)))
        inside = sample(lines[found[0] + 6:max(found[0] + 7, found[1] - 6)])
        tone = tone * .7 + np.median(inside, 0) * .3
    if len(good) >= 3:
        g = np.array(good)
        slope, at = np.polyfit(g[:, 0], g[:, 1], 1)
        taper, half = np.polyfit(g[:, 0], g[:, 2], 1)
        wobble = np.std(g[:, 1] - slope * g[:, 0] - at) + np.std(g[:, 2] - taper * g[:, 0] - half)
        if wobble > .09 * palm or abs(slope) > .9:
            return None
        taper = float(np.clip(taper, -.25, .3))
        half = float(np.median(g[:, 2] - taper * g[:, 0]))
        line = axis + normal * slope
        return Arm(wrist + normal * at, line / np.linalg.norm(line), palm, half, taper, float(g[0, 0]), float(g[-1, 0]), True, grey)
    along = wrist + axis * (np.linspace(.1, .7, 7)[:, None] * palm)
    inside = (along[:, 0] > 1) & (along[:, 0] < W - 2) & (along[:, 1] > 1) & (along[:, 1] < H - 2)
    near_skin = distance(along, skin) < threshold
    if inside.all() and near_skin.mean() > .8 and not grey:
        return Arm(wrist, axis, palm, .31 * palm, .05, .1 * palm, .6 * palm, False, grey)
    return None
