"""Makes an 8-bit network from a 32-bit one: python3 -m quantise NAME --data DATA --out FILE

Weights become whole numbers with a scale for each output channel, what flows between layers bytes with a scale for each
tensor, measured on pictures of rooms, people and sheets (Jacob et al. 2018, arXiv 1712.05877). The last layers of every head
stay as they are: they are the scores and places themselves, and cost next to nothing.
"""

import argparse
import json
import os
import random
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import version_converter

# ONNX Runtime from 1.29 on tries to reach its maker otherwise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image, ImageOps

MODELS = Path(__file__).resolve().parents[2] / "models"

ROOMS = ["coco_mini", "office_objects", "neg_clinic", "neg_rooms", "id_badge_srinath"]
SHEETS = ["receipts_kosanj", "nyu_v2", "coco_mini", "office_objects", "ewaste_uts"]


class Recipe(NamedTuple):
    colours: slice  # what turns red, green, blue into the network's order
    mean: float  # subtracted from bytes
    scale: float  # what is left is divided by
    sides: tuple[int, ...]  # long sides in pixels
    sources: list[str]
    calibration: CalibrationMethod
    pictures: int  # histograms of all tensors of a picture stay in memory, widest values do not


# Through the whole program, 419 photos of faces and 104 pictures of text, in 32 and in 8 bits (found and destroyed, over):
# centerface .9725 at 3.67 %, .9739 at 4.05 % (by entropy .9714 at 4.09 %); the text networks .9916 at 1.23 %, .9905 at
# 1.43 % (v4 by widest values .9891 at 1.20 %).
FORWARD, BACKWARD = slice(None), slice(None, None, -1)
WIDEST, ENTROPY = CalibrationMethod.MinMax, CalibrationMethod.Entropy
RECIPES = {
    "centerface": Recipe(FORWARD, 0.0, 1.0, (480, 640, 960, 1280), ROOMS, WIDEST, 80),
    "ppocr-v4-det": Recipe(BACKWARD, 127.5, 127.5, (640, 960, 1280), SHEETS, ENTROPY, 10),
    "ppocr-v6-det-small": Recipe(BACKWARD, 127.5, 127.5, (640, 960, 1280), SHEETS, WIDEST, 80),
}


def pictures(data: Path, sources: list[str], count: int) -> list[Path]:
    """The same pictures every time, as many of each source."""
    chosen = []
    for source in sources:
        all_of_it = sorted(p for p in (data / source).rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
        chosen += random.Random(source).sample(all_of_it, min(len(all_of_it), -(-count // len(sources))))
    return chosen


class Pictures(CalibrationDataReader):
    def __init__(self, recipe: Recipe, tensor: str, data: Path):
        self.recipe, self.tensor = recipe, tensor
        self.paths = enumerate(pictures(data, recipe.sources, recipe.pictures))

    def get_next(self):
        number, path = next(self.paths, (0, None))
        if path is None:
            return None
        picture = Image.open(path).convert("RGB")
        scale = self.recipe.sides[number % len(self.recipe.sides)] / max(picture.size)
        size = [max(32, round(side * scale / 32) * 32) for side in picture.size]
        picture = picture.resize(size, Image.Resampling.BILINEAR)
        if self.recipe.calibration != WIDEST:  # histograms want tensors of one size
            picture = ImageOps.pad(picture, (768, 768))
        planes = np.asarray(picture, dtype=np.float32)[:, :, self.recipe.colours].transpose(2, 0, 1)[None]
        return {self.tensor: np.ascontiguousarray((planes - self.recipe.mean) / self.recipe.scale)}


def heads(model: onnx.ModelProto) -> list[str]:
    """Everything from the outputs back to the last convolution before each, that one with it."""
    made_by = {output: node for node in model.graph.node for output in node.output}
    found, waiting = set(), [output.name for output in model.graph.output]
    while waiting:
        node = made_by.get(waiting.pop())
        if node is not None and node.name not in found:
            found.add(node.name)
            if node.op_type not in {"Conv", "ConvTranspose"}:
                waiting += node.input
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--data", type=Path, required=True, help="the training pictures, one folder a source")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    recipe = RECIPES[args.name]
    with tempfile.TemporaryDirectory() as scratch:
        plain, ready = Path(scratch) / "plain.onnx", Path(scratch) / "ready.onnx"
        model = onnx.load(MODELS / f"{args.name}.onnx")
        if model.opset_import[0].version < 13:  # scales for each channel came with 13
            model = version_converter.convert_version(model, 13)
        for number, node in enumerate(model.graph.node):
            node.name = node.name or f"{node.op_type}_{number}"
        onnx.save(model, plain)
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        model = onnx.load(ready)
        tensor = next(i.name for i in model.graph.input if i.name not in {w.name for w in model.graph.initializer})
        quantize_static(
            ready,
            args.out,
            Pictures(recipe, tensor, args.data),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            # Processors without dot products of bytes overflow with 8 bits of weight.
            reduce_range=True,
            nodes_to_exclude=heads(model),
            calibrate_method=recipe.calibration,
            extra_options={"WeightSymmetric": True},
        )
    print(json.dumps({"file": str(args.out), "bytes": args.out.stat().st_size, "kept": heads(model)}))


if __name__ == "__main__":
    main()
