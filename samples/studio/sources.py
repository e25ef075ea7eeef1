"""Writes SOURCES.toml and the truth files, in one form for samples and fixtures.

`canaries` are strings that lie in the file byte for byte and may be in no output; `packed_canaries` are there too, but
compressed.
"""

import json

KEYS = ["file", "title", "origin", "licence", "author", "changes", "canaries", "packed_canaries"]


def write_sources(path, heading, rows):
    """`rows` are dicts with the keys above; TOML's basic strings are written as JSON's."""
    text = "".join(f"# {line}\n" for line in heading.splitlines())
    for row in sorted(rows, key=lambda r: r["file"]):
        text += "\n[[file]]\n"
        for key in KEYS:
            if key in row:
                text += f"{key} = {json.dumps(row[key], ensure_ascii=False)}\n"
    path.write_text(text)


def write_truth(folder, name, size, frames):
    """`frames` is a list of region lists, one for each frame or page; `size` is one (width, height) or one for each."""
    sizes = size if isinstance(size, list) else [size] * len(frames)
    images = []
    for i, (regions, (w, h)) in enumerate(zip(frames, sizes, strict=True)):
        image = {"file": name, "width": w, "height": h}
        if len(frames) > 1:
            image["frame"] = i
        images.append(dict(image, regions=regions))
    lines = ",\n".join(
        json.dumps({k: v for k, v in im.items() if k != "regions"})[:-1] + ', "regions": [\n'
        + ",\n".join("  " + json.dumps(r, ensure_ascii=False) for r in im["regions"]) + "\n]}"
        for im in images
    )
    (folder / f"{name.rsplit('.', 1)[0]}.truth.json").write_text('{"images": [\n' + lines + "\n]}\n")
