"""The one person in the scenes: the astronaut's portrait, cut out along an outline drawn on it."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage import data

from .canvas import region

# Face in the 512 x 512 portrait: x, y, width, height, from hairline to chin, ear to ear.
FACE = (178, 74, 96, 108)
# Print on the suit in the same coordinates: the ring of names on the mission patch, the line on the name tag.
PATCH = [(134, 350), (206, 348), (208, 422), (134, 424)]
TAG = [(285, 366), (319, 369.5), (319, 376), (285, 372.5)]
# The person's outline at twice the portrait's size, from a GrabCut of it, checked by eye.
OUTLINE = [
    (407, 44), (385, 59), (378, 71), (347, 87), (327, 102), (314, 115), (307, 133), (309, 188), (312, 203),
    (324, 221), (338, 234), (348, 256), (353, 261), (363, 265), (366, 285), (365, 295), (313, 301), (289, 310),
    (279, 317), (262, 335), (257, 346), (247, 355), (241, 369), (240, 385), (244, 390), (246, 410), (241, 413),
    (238, 412), (234, 403), (227, 403), (225, 410), (216, 417), (214, 422), (203, 430), (181, 453), (153, 470),
    (122, 503), (88, 566), (80, 589), (77, 614), (68, 631), (59, 668), (51, 689), (52, 729), (37, 787), (38, 822),
    (35, 830), (43, 842), (49, 870), (46, 883), (46, 921), (52, 968), (59, 987), (59, 1003), (52, 1016), (53, 1023),
    (1009, 1023), (1010, 1016), (1015, 1009), (1014, 975), (1007, 957), (1003, 955), (997, 942), (989, 937),
    (995, 928), (1002, 926), (1007, 915), (1005, 911), (994, 910), (991, 905), (992, 893), (985, 837), (976, 809),
    (950, 763), (896, 714), (874, 703), (838, 691), (814, 689), (763, 690), (735, 699), (732, 698), (727, 689),
    (721, 685), (720, 672), (725, 661), (715, 646), (713, 605), (706, 584), (706, 575), (696, 565), (692, 547),
    (681, 525), (663, 506), (659, 505), (638, 485), (608, 467), (595, 432), (579, 407), (544, 371), (511, 345),
    (515, 321), (529, 298), (536, 275), (550, 269), (560, 255), (585, 229), (593, 215), (593, 207), (600, 192),
    (602, 170), (598, 156), (598, 143), (593, 130), (592, 117), (572, 79), (552, 62), (506, 40), (482, 32), (455, 32),
    (425, 43), (414, 41),
]


@lru_cache(maxsize=1)
def astronaut():
    return Image.fromarray(data.astronaut())


@lru_cache(maxsize=1)
def cut_out():
    """The portrait with an alpha channel, 512 x 512, nothing but the person opaque."""
    mask = Image.new("L", (2048, 2048), 0)
    ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in OUTLINE], fill=255)
    mask = mask.filter(ImageFilter.MinFilter(9)).filter(ImageFilter.GaussianBlur(4)).resize((512, 512), Image.BOX)
    out = astronaut().convert("RGBA")
    out.putalpha(mask)
    return out


def suit_print(scale, moved):
    """Truth of the suit's print when the portrait is `scale` times its size and `moved` maps its points.

    The patch is mostly picture, and the tag's letters are 6 pixels high in the portrait: only a tag at twice that size is
    asked for.
    """
    patch = region("text", [moved(*p) for p in PATCH], "COLLINS ASHBY COLEMAN HAWLEY TOGNINI")
    tag = region("text", [moved(*p) for p in TAG], "EILEEN M. COLLINS")
    return [dict(patch, ignore=True), dict(tag, ignore=scale < 2)]


def portrait(side, mirrored=False, tone=0):
    """The cut-out at `side` pixels; `tone` makes it brighter or darker, warmer or cooler."""
    person = cut_out().resize((side, side), Image.LANCZOS)
    if mirrored:
        person = person.transpose(Image.FLIP_LEFT_RIGHT)
    a = np.asarray(person, np.float32).copy()
    gain = [1.0, 0.86, 1.1, 0.7, 0.94, 1.04, 0.6, 0.8][tone % 8]
    tint = np.array([[1, 1, 1], [1.04, 1, 0.95], [0.97, 1, 1.04], [1.05, 0.98, 0.9]][tone % 4])
    a[..., :3] *= gain * tint
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8), "RGBA")
