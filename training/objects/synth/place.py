"""Puts flat things into a picture: perspective, curl, light, shadow, sharpness and what covers them.
Apart from the renderers because the geometry is the same for all of them, and the boxes come from here.
"""

import cv2
import numpy as np

from .ink import pick, uni


def _turn(angle, i, j):
    out = np.eye(3)
    out[i, i] = out[j, j] = np.cos(angle)
    out[i, j], out[j, i] = -np.sin(angle), np.sin(angle)
    return out


def _see(rng, w, h, side, turns):
    """Corners [4,2] about the origin of a w x h plane after turns in space, seen through a lens of
    random length, its greater extent `side` pixels."""
    p = np.array([(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)], np.float64) / (2 * max(w, h))
    for turn in turns:
        p = p @ turn.T
    lens = uni(rng, 1.6, 5)
    q = p[:, :2] * (lens / (lens + p[:, 2:]))
    return q / np.max(q.max(0) - q.min(0)) * side


def quad(rng, w, h, side, strength, roll):
    """Corners [4,2] of a plane facing us more or less. strength: greatest turn in degrees about each
    of the two axes; roll in degrees."""
    yaw, pitch = np.clip(rng.normal(0, strength * .45, 2), -strength, strength)
    if rng.random() < .2:
        pitch = np.sign(pitch) * uni(rng, .55, 1) * strength
    yaw, pitch, roll = np.deg2rad((yaw, pitch, roll))
    return _see(rng, w, h, side, (_turn(roll, 0, 1), _turn(yaw, 0, 2), _turn(pitch, 1, 2)))


def lying(rng, w, h, side):
    """Corners [4,2] of a plane that lies on a table, bed or floor in front of us, turned at will."""
    spin, tip, lean = np.deg2rad((uni(rng, -180, 180), -uni(rng, 35, 72), float(rng.normal(0, 6))))
    return _see(rng, w, h, side, (_turn(spin, 0, 1), _turn(tip, 1, 2), _turn(lean, 0, 1)))


def _bend(rng, rgba):
    """Mild cylindrical curl: rows or columns shifted along a half wave, with light that follows it."""
    h, w = rgba.shape[:2]
    pad = max(2, int(.06 * min(h, w)))
    big = cv2.copyMakeBorder(rgba, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    H, W = big.shape[:2]
    yy, xx = np.mgrid[0:H, 0:W].astype(np.float32)
    wave, shift, size = uni(rng, .6, 1.6), uni(rng, 0, 3), uni(rng, .4, .95) * pad
    along = xx / W if rng.random() < .5 else yy / H
    bend = np.sin(along * np.pi * wave + shift)
    horizontal = rng.random() < .5
    big = cv2.remap(big, xx if horizontal else xx + size * bend, yy + size * bend if horizontal else yy, cv2.INTER_LINEAR)
    light = 1 + uni(rng, .03, .2) * np.cos(along * np.pi * wave + shift)
    big[..., :3] = np.clip(big[..., :3] * light[..., None], 0, 255).astype(np.uint8)
    return big, pad


class Layer:
    """A warped thing over a picture: rgb float [h,w,3] and alpha, front float [h,w] at x0, y0."""

    def __init__(self, x0, y0, rgb, alpha, front, area):
        self.x0, self.y0, self.rgb, self.alpha, self.front, self.area = x0, y0, rgb, alpha, front, area


def warp(rng, flat, corners, shape, curl):
    """Layer of a Flat whose rgba corners go to `corners` [4,2], cut to a picture of `shape`; None if
    it lies wholly outside. `area` of the layer: pixels of the whole front, in or out of the picture."""
    rgba, (fx0, fy0, fx1, fy1) = flat.rgba, flat.front
    h, w = rgba.shape[:2]
    target = max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1]), np.linalg.norm(corners[3] - corners[0]), 4)
    k = min(1., target * 1.1 / max(h, w))
    if k < .95:
        rgba = cv2.resize(rgba, (max(2, round(w * k)), max(2, round(h * k))), interpolation=cv2.INTER_AREA)
    sh, sw = rgba.shape[:2]
    front = np.zeros((sh, sw), np.uint8)
    kx, ky = sw / w, sh / h
    front[max(0, round(fy0 * ky)):max(1, round(fy1 * ky)), max(0, round(fx0 * kx)):max(1, round(fx1 * kx))] = 255
    front = cv2.min(front, rgba[..., 3])
    pad = 0
    if curl:
        rgba = np.dstack([rgba, front])
        rgba, pad = _bend(rng, rgba)
        front = rgba[..., 4]
        rgba = np.ascontiguousarray(rgba[..., :4])
    source = np.float32([(0, 0), (sw, 0), (sw, sh), (0, sh)]) + pad
    margin = 3 + pad
    x0, y0 = np.floor(corners.min(0) - margin).astype(int)
    x1, y1 = np.ceil(corners.max(0) + margin).astype(int)
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(shape[1], x1), min(shape[0], y1)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    matrix = cv2.getPerspectiveTransform(source, np.float32(corners - (x0, y0)))
    out_size = (int(x1 - x0), int(y1 - y0))
    # colours reach past the outline by repetition, so that the rim does not darken; alpha does not
    rgb = cv2.warpPerspective(np.ascontiguousarray(rgba[..., :3]), matrix, out_size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    masks = cv2.warpPerspective(cv2.merge([rgba[..., 3], front]), matrix, out_size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    alpha, front = np.ascontiguousarray(masks[..., 0]), masks[..., 1]
    area = abs(cv2.contourArea(np.float32(cv2.perspectiveTransform(np.float32([[(fx0 * kx + pad, fy0 * ky + pad), (fx1 * kx + pad, fy0 * ky + pad), (fx1 * kx + pad, fy1 * ky + pad), (fx0 * kx + pad, fy1 * ky + pad)]]), matrix)[0])))
    return Layer(int(x0), int(y0), rgb, alpha, front, area)


def light(rng, layer, image, glows):
    """Matches a layer loosely to where it lands: brightness and tint of the surroundings, a gradient,
    shadow bands, exposure, defocus or motion."""
    h, w = layer.alpha.shape
    around = image[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w].reshape(-1, 3)[::7].mean(0)
    level = around.mean()
    if glows:
        gain = uni(rng, .75, 1.25)
    else:
        gain = 1 + uni(rng, .2, .9) * (np.clip(level / 135, .3, 1.2) - 1)
        gain *= uni(rng, .8, 1.15)
    tint = np.clip(around / max(level, 8), .7, 1.35)
    tint = 1 + (tint - 1) * uni(rng, 0, .25 if glows else .6)
    layer.rgb *= (gain * tint).astype(np.float32)
    if rng.random() < .7:
        gx, gy = uni(rng, -.25, .25), uni(rng, -.25, .25)
        layer.rgb *= (1 + gx * np.linspace(-1, 1, w)[None, :] + gy * np.linspace(-1, 1, h)[:, None]).astype(np.float32)[..., None]
    if not glows and rng.random() < .3:
        edge = np.linspace(-1, 1, w)[None, :] * uni(rng, -1, 1) + np.linspace(-1, 1, h)[:, None] * uni(rng, -1, 1)
        layer.rgb *= (1 - uni(rng, .15, .5) / (1 + np.exp(-(edge - uni(rng, -.5, .5)) * uni(rng, 6, 60)))).astype(np.float32)[..., None]
    if rng.random() < .12:
        layer.rgb = layer.rgb * uni(rng, 1.2, 1.7)
    elif rng.random() < .1:
        layer.rgb *= uni(rng, .35, .7)
    if rng.random() < .35:
        span = np.linspace(-1, 1, w)[None, :] * uni(rng, .5, 1.5) + np.linspace(-1, 1, h)[:, None] * uni(rng, -1.5, 1.5)
        layer.rgb += (uni(rng, 5, 60) * np.exp(-((span - uni(rng, -1, 1)) / uni(rng, .1, .6)) ** 2)).astype(np.float32)[..., None]
    layer.rgb = np.clip(layer.rgb, 0, 255)
    side = max(h, w)
    roll = rng.random()
    if roll < .45:
        sigma = uni(rng, .4, 1.1) if rng.random() < .8 else uni(rng, 1, max(1.1, min(3, side / 60)))
        blur = lambda a: cv2.GaussianBlur(a, (0, 0), sigma)
    elif roll < .55 and side > 60:
        n = int(rng.integers(3, 10))
        angle = uni(rng, 0, np.pi)
        kernel = np.zeros((n, n), np.float32)
        c = (n - 1) / 2
        cv2.line(kernel, (round(c - c * np.cos(angle)), round(c - c * np.sin(angle))), (round(c + c * np.cos(angle)), round(c + c * np.sin(angle))), 1)
        kernel /= kernel.sum()
        blur = lambda a: cv2.filter2D(a, -1, kernel)
    else:
        blur = None
    if blur:
        layer.rgb, layer.alpha = blur(layer.rgb), blur(layer.alpha)
    return layer


def shadow(rng, layer, image):
    """A soft shadow of the thing on what lies behind it."""
    h, w = layer.alpha.shape
    side = max(h, w)
    dx, dy = int(uni(rng, -.03, .03) * side), int(uni(rng, -.01, .05) * side)
    sigma = max(.8, uni(rng, .006, .04) * side)
    small = cv2.resize(layer.alpha, (max(2, w // 2), max(2, h // 2)), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 2), (w, h))
    soft = cv2.warpAffine(soft, np.float32([[1, 0, dx], [0, 1, dy]]), (w, h))
    region = image[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w]
    region[:] = (region * (1 - uni(rng, .15, .6) * soft[..., None])).astype(np.uint8)


def blend(layer, image):
    h, w = layer.alpha.shape
    region = image[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w]
    a = layer.alpha[..., None]
    region[:] = np.clip(region * (1 - a) + layer.rgb * a + .5, 0, 255).astype(np.uint8)


def occlude(rng, image, layer, donor):
    """Covers an edge of a layer: fingers, a strip such as a cable or pen, or a piece of another
    picture. Returns (y0, x0, mask bool [h,w]) of what was covered, or None."""
    h, w = layer.alpha.shape
    if min(h, w) < 14:
        return None
    region = image[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w]
    mask = np.zeros((h, w), np.uint8)
    kind = rng.integers(3)
    edge = int(rng.integers(4))
    at = uni(rng, .1, .9)
    start = np.array([(0, at), (1, at), (at, 0), (at, 1)][edge]) * (w, h)
    inward = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)][edge], np.float64)
    if kind == 0:
        skin = np.array(pick(rng, ((235, 195, 170), (220, 170, 140), (185, 130, 95), (130, 85, 60), (90, 60, 45))), np.float32) * uni(rng, .6, 1.05)
        across, size = np.array([inward[1], inward[0]]), min(h, w) * uni(rng, .05, .11)
        tone = np.zeros((h, w), np.float32)
        for k in range(int(rng.integers(1, 5))):
            base = start + across * k * size * 2.1
            tip = base + inward * size * uni(rng, 2, 5) + across * uni(rng, -1, 1) * size
            for ring, value in ((1, .75), (.75, .9), (.4, 1)):
                cv2.line(tone, tuple(int(v) for v in base - inward * size * 2), tuple(int(v) for v in tip), value, max(1, int(2 * size * ring)), cv2.LINE_AA)
            cv2.line(mask, tuple(int(v) for v in base - inward * size * 2), tuple(int(v) for v in tip), 255, max(1, int(2 * size)), cv2.LINE_AA)
        fill = cv2.GaussianBlur(tone, (0, 0), max(.6, size * .25))[..., None] * skin
    elif kind == 1:
        a, b = start - inward * max(h, w) * .2, start + inward * max(h, w) * uni(rng, .3, 1.4) + rng.normal(0, .2, 2) * (w, h)
        cv2.line(mask, tuple(int(v) for v in a), tuple(int(v) for v in b), 255, max(1, int(min(h, w) * uni(rng, .015, .08))), cv2.LINE_AA)
        fill = np.array(rng.uniform(10, 240, 3), np.float32) * np.ones((h, w, 1), np.float32)
    else:
        radius = (w * uni(rng, .1, .4), h * uni(rng, .1, .4))
        points = np.array([(start[0] + radius[0] * np.cos(t) * r, start[1] + radius[1] * np.sin(t) * r) for t, r in zip(np.linspace(0, 2 * np.pi, 9)[:-1], rng.uniform(.7, 1.2, 8))])
        cv2.fillPoly(mask, [np.int32(points)], 255, cv2.LINE_AA)
        dh, dw = donor.shape[:2]
        if dh < h or dw < w:
            donor = cv2.resize(donor, (max(w, dw), max(h, dh)))
        oy, ox = int(rng.integers(donor.shape[0] - h + 1)), int(rng.integers(donor.shape[1] - w + 1))
        fill = donor[oy:oy + h, ox:ox + w].astype(np.float32)
    a = cv2.GaussianBlur(mask, (3, 3), 0).astype(np.float32)[..., None] / 255
    region[:] = (region * (1 - a) + fill * a).astype(np.uint8)
    return mask > 127


def camera(rng, image):
    """What a phone does to the whole picture, at times: grain, softness, JPEG."""
    if rng.random() < .35:
        h, w = image.shape[:2]
        grain = rng.standard_normal((h // 2 + 1, w // 2 + 1), dtype=np.float32) * uni(rng, 1.5, 9)
        grain = cv2.resize(grain, (w, h), interpolation=cv2.INTER_LINEAR)
        image = np.clip(image + grain[..., None], 0, 255).astype(np.uint8)
    if rng.random() < .15:
        image = cv2.GaussianBlur(image, (0, 0), uni(rng, .4, 1.2))
    if rng.random() < .3:
        ok, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))])
        image = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return image
