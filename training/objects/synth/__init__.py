"""Synthesis: rendered screens, documents, wristbands and badges in real pictures of rooms and hands.

`Synth.paste` adds things to any picture with boxes; `Synth.hand_scene` makes a picture of a hand with
or without a band; `Synth.person_scene` hangs badges on people. All draw everything from the generator
they are given, so the same generator state gives the same picture. Colours are RGB everywhere.
"""

import cv2
import numpy as np

from .hands import HandScenes
from .ink import pick
from .pasting import Paster
from .pool import read

CLASSES = ("screen", "document", "wristband", "id_badge")

cv2.setNumThreads(1)


class Synth:
    """Renders training pictures. The flat textures are drawn on first use and kept (about 250 MB when
    all are there)."""

    def __init__(self, backgrounds, hands, seed=0, cutouts=None):
        """backgrounds: callables giving, or paths of, room pictures (RGB uint8 [H,W,3]); hands: list of
        (path, box xyxy in pixels, 7 palm keypoints [7,2] in pixels or None), keypoint 0 the wrist, 2 the
        knuckle of the middle finger; cutouts: folder with watch and silicone band pictures (list.json)."""
        self.backgrounds = list(backgrounds)
        self.paster = Paster(seed, cutouts)
        self.scenes = HandScenes(hands, self.background, seed)

    def background(self, rng):
        """A room picture, RGB uint8; a plain grey one where no backgrounds were given."""
        if not self.backgrounds:
            return np.full((384, 384, 3), int(rng.integers(60, 200)), np.uint8)
        one = pick(rng, self.backgrounds)
        return one() if callable(one) else read(str(one))

    def paste(self, rng, image, boxes, labels, kinds=None):
        """(image, boxes float32 [N,4], labels int64 [N]) with 0 to 4 rendered things more. image: RGB
        uint8 [H,W,3], not changed in place; boxes: float xyxy [N,4]; labels: int [N]. A box that was
        there is dropped when more than 60 % of it is hidden. New boxes are tight about what is visible;
        what shows less than a fifth of itself has none. kinds: names to choose from ("screen",
        "document", "badge", "torso" (a worn badge), "band" (off the arm), "negative"; repeated ones weigh more), all by default."""
        return self.paster.paste(rng, image, boxes, labels, kinds)

    def hand_scene(self, rng, size):
        """(image uint8 [size,size,3], boxes float32 [N,4], labels int64 [N]) of a hand photo, with one
        or two bands about the wrist in two thirds of the scenes. size: int or (height, width). Only
        wristbands are labelled; other things in the photos and rooms are not. Raises ValueError when
        none of the hands has a visible forearm."""
        return self.scenes.scene(rng, size)

    def person_scene(self, rng, image, boxes, labels, persons):
        """Like `paste`, but hangs badges on the chests of people. persons: float xyxy [M,4]."""
        return self.paster.badges_on(rng, image, boxes, labels, persons)
