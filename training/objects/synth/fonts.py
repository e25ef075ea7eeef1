"""Fonts with free licences, found on the system by file name: one table says which may be used and
under what licence, so no other module ever opens a font by itself. Any subset may be installed;
Debian package names are in the table.
"""

import functools
import os
from pathlib import Path

from PIL import ImageFont

# file name, kind, Debian package, licence
TABLE = (
    ("dkg.ttf", "hand", "fonts-dkg-handwriting", "GPL-3+ or OFL-1.1"),
    ("dkgIt.ttf", "hand", "fonts-dkg-handwriting", "GPL-3+ or OFL-1.1"),
    ("breipfont.ttf", "hand", "fonts-breip", "OFL-1.0"),
    ("Breip.ttf", "hand", "fonts-breip", "OFL-1.0"),
    ("BecauseWeBuild-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("BecauseWeConnect-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("BecauseWeCreate-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("BecauseWeLearn-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("BecauseWeMentor-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("BecauseWeOrganize-Regular.otf", "hand", "fonts-bwht", "OFL-1.1"),
    ("DancingScript-Regular.otf", "hand", "fonts-dancingscript", "OFL-1.1"),
    ("Humor-Sans.ttf", "hand", "fonts-humor-sans", "OFL-1.1"),
    ("Kristi.ttf", "hand", "fonts-kristi", "OFL-1.1"),
    ("KaushanScript-Regular.otf", "hand", "fonts-kaushanscript", "OFL-1.1"),
    ("Ecolier-court.ttf", "hand", "fonts-ecolier-court", "OFL-1.1"),
    ("ComicNeue-Regular.otf", "hand", "fonts-comic-neue", "OFL-1.1"),
    ("LiberationSans-Regular.ttf", "sans", "fonts-liberation", "OFL-1.1"),
    ("LiberationSansNarrow-Regular.ttf", "sans", "fonts-liberation", "OFL-1.1"),
    ("DejaVuSans.ttf", "sans", "fonts-dejavu-core", "Bitstream Vera licence"),
    ("DejaVuSansCondensed.ttf", "sans", "fonts-dejavu-core", "Bitstream Vera licence"),
    ("Lato-Regular.ttf", "sans", "fonts-lato", "OFL-1.1"),
    ("Roboto-Regular.ttf", "sans", "fonts-roboto-unhinted", "Apache-2.0"),
    ("RobotoCondensed-Regular.ttf", "sans", "fonts-roboto-unhinted", "Apache-2.0"),
    ("OpenSans-Regular.ttf", "sans", "fonts-open-sans", "Apache-2.0"),
    ("Carlito-Regular.ttf", "sans", "fonts-crosextra-carlito", "OFL-1.1"),
    ("LiberationSans-Bold.ttf", "bold", "fonts-liberation", "OFL-1.1"),
    ("DejaVuSans-Bold.ttf", "bold", "fonts-dejavu-core", "Bitstream Vera licence"),
    ("Lato-Bold.ttf", "bold", "fonts-lato", "OFL-1.1"),
    ("RobotoCondensed-Bold.ttf", "bold", "fonts-roboto-unhinted", "Apache-2.0"),
    ("OpenSans-Bold.ttf", "bold", "fonts-open-sans", "Apache-2.0"),
    ("Carlito-Bold.ttf", "bold", "fonts-crosextra-carlito", "OFL-1.1"),
    ("LiberationSerif-Regular.ttf", "serif", "fonts-liberation", "OFL-1.1"),
    ("Caladea-Regular.ttf", "serif", "fonts-crosextra-caladea", "Apache-2.0"),
    ("GenBasR.ttf", "serif", "fonts-sil-gentium-basic", "OFL-1.1"),
    ("DejaVuSerif.ttf", "serif", "fonts-dejavu-core", "Bitstream Vera licence"),
    ("LiberationMono-Regular.ttf", "mono", "fonts-liberation", "OFL-1.1"),
    ("DejaVuSansMono.ttf", "mono", "fonts-dejavu-core", "Bitstream Vera licence"),
    ("Courier Prime.otf", "mono", "fonts-courier-prime", "OFL-1.1"),
    ("Inconsolata.otf", "mono", "fonts-inconsolata", "OFL-1.1"),
)

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.local/share/fonts"))


@functools.lru_cache(1)
def installed():
    """Paths of the installed fonts of the table by kind: {"hand": [...], "sans": [...], ...}.

    Raises RuntimeError if not one of them is there. A kind without fonts borrows any other's."""
    on_disk = {}
    for folder in _FOLDERS:
        for path in sorted(Path(folder).rglob("*.[to]tf")) if Path(folder).is_dir() else ():
            on_disk.setdefault(path.name, str(path))
    found = {}
    for name, kind, _, _ in TABLE:
        if name in on_disk:
            found.setdefault(kind, []).append(on_disk[name])
    if not found:
        raise RuntimeError("no font of the table is installed: see objects/synth/fonts.py")
    any_kind = found.get("sans") or next(iter(found.values()))
    return {kind: found.get(kind, any_kind) for kind in ("hand", "sans", "bold", "serif", "mono")}


@functools.lru_cache(512)
def _load(path, size):
    return ImageFont.truetype(path, size)


class Face:
    """One typeface chosen for one thing, in any size."""

    def __init__(self, rng, kind):
        paths = installed()[kind]
        self.path = paths[int(rng.integers(len(paths)))]

    def __call__(self, size):
        return _load(self.path, max(5, int(size)))
