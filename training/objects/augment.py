"""Changes of picture and boxes together: crops, mirroring, mosaics of four, light, colour, blur and compression."""

import cv2
import numpy as np

# A box of which less than this share is left after a crop is gone.
LEFT_MIN = 0.35


def fitted(image, boxes, labels, window, side):
    """The part `window` (x0, y0, x1, y1; may stick out) of a picture, stretched to a square of `side`; boxes follow."""
    x0, y0, x1, y1 = window
    scale = side / max(x1 - x0, y1 - y0)
    matrix = np.float32([[scale, 0, -x0 * scale], [0, scale, -y0 * scale]])
    how = cv2.INTER_AREA if scale < 0.8 else cv2.INTER_LINEAR
    if scale < 0.6:
        # warpAffine does not average over what it leaves out.
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        matrix = np.float32([[1, 0, -x0 * scale], [0, 1, -y0 * scale]])
        out = cv2.warpAffine(small, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114))
    else:
        out = cv2.warpAffine(image, matrix, (side, side), flags=min(how, cv2.INTER_LINEAR), borderValue=(114, 114, 114))
    if not len(boxes):
        return out, boxes, labels
    moved = (boxes - np.float32([x0, y0, x0, y0])) * scale
    clipped = moved.clip(0, side)
    area = lambda b: np.prod((b[:, 2:] - b[:, :2]).clip(0), axis=1)
    keep = (area(clipped) >= LEFT_MIN * area(moved).clip(1e-6)) & ((clipped[:, 2:] - clipped[:, :2]).min(1) >= 3)
    return out, clipped[keep], labels[keep]


def window(rng, width, height, zoom=(0.45, 1.35)):
    """A square to look at: of `zoom` times the long side, log-uniform, anywhere that it overlaps the picture well."""
    side = max(width, height) * float(np.exp(rng.uniform(np.log(zoom[0]), np.log(zoom[1]))))

    def start(length):
        slack = length - side
        return rng.uniform(min(slack, 0), max(slack, 0))

    x0, y0 = start(width), start(height)
    return x0, y0, x0 + side, y0 + side


def mirrored(image, boxes):
    width = image.shape[1]
    out = boxes.copy()
    out[:, [0, 2]] = width - boxes[:, [2, 0]]
    return image[:, ::-1], out


def turned(image, boxes, quarters):
    """Turned by quarters, counter-clockwise."""
    for _ in range(quarters % 4):
        width = image.shape[1]
        image = np.rot90(image)
        x0, y0, x1, y1 = boxes.T
        boxes = np.stack([y0, width - x1, y1, width - x0], 1)
    return image, boxes


def light(rng, image):
    """Other light, colour, sharpness and compression."""
    image = np.ascontiguousarray(image)
    if rng.random() < 0.7:
        gain = rng.uniform(0.65, 1.35) * rng.uniform(0.9, 1.1, 3)
        table = np.arange(256)[:, None] * gain + rng.uniform(-18, 18)
        gamma = np.exp(rng.uniform(-0.4, 0.4))
        table = 255 * (table.clip(0, 255) / 255) ** gamma
        image = cv2.LUT(image, table.clip(0, 255).astype(np.uint8).reshape(1, 256, 3))
    if rng.random() < 0.15:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None]
        image = cv2.addWeighted(image, 0.0, np.repeat(grey, 3, 2), 1.0, 0)
    if rng.random() < 0.15:
        k = int(rng.choice([3, 5, 7]))
        if rng.random() < 0.5:
            image = cv2.GaussianBlur(image, (k, k), 0)
        else:
            kernel = np.zeros((k, k), np.float32)
            cv2.line(kernel, (0, int(rng.integers(k))), (k - 1, int(rng.integers(k))), 1)
            image = cv2.filter2D(image, -1, kernel / kernel.sum())
    if rng.random() < 0.2:
        noise = rng.normal(0, rng.uniform(2, 12), (image.shape[0] // 2 + 1, image.shape[1] // 2 + 1, 1))
        noise = np.repeat(np.repeat(noise, 2, 0), 2, 1)[: image.shape[0], : image.shape[1]]
        image = (image + noise).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(25, 90))
        _, coded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1]
    return image
