"""Writes the trained network as ONNX: `python -m objects.export --run RUN [RUN ...] --out objects.onnx`. Of several runs, one
of which began where another ended, the mean of their weights is written (Wortsman et al. 2022, arXiv 2203.05482).

Any batch and any sides that are multiples of 32; the opset is one that ONNX Runtime 1.16 and later read.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from .network import Detector, Exported


def averaged(runs):
    states = [torch.load(Path(run) / "state.pt", map_location="cpu")["average"] for run in runs]
    net = Detector()
    net.load_state_dict({key: sum(state[key].double() for state in states) / len(states) for key in states[0]})
    return net.eval()


def export(net, out):
    model = Exported(net).eval()
    axes = {"picture": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch", 1: "points"}, "distances": {0: "batch", 1: "points"}}
    torch.onnx.export(
        model,
        torch.zeros(1, 3, 416, 416),
        str(out),
        input_names=["picture"],
        output_names=["scores", "distances"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    halved(out)
    onnx.checker.check_model(str(out))
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    for height, width in ((416, 416), (384, 640), (96, 32)):
        picture = torch.rand(2, 3, height, width) * 255
        with torch.no_grad():
            wanted = model(picture)
        given = session.run(None, {"picture": picture.numpy()})
        for a, b in zip(wanted, given):
            # Weights lose three digits in half precision: a tenth of a pixel, or a thousandth of a long distance.
            np.testing.assert_allclose(b, a.numpy(), rtol=1e-3, atol=0.1, err_msg="the exported network answers differently")


def halved(path):
    """Stores the weights in half precision, to be widened when they are loaded: half the file, the same arithmetic."""
    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for held in graph.initializer:
        if held.data_type == onnx.TensorProto.FLOAT and np.prod(held.dims) > 256:
            values = numpy_helper.to_array(held).astype(np.float16)
            name = held.name
            held.CopyFrom(numpy_helper.from_array(values, name + ".half"))
            casts.append(onnx.helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, str(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, nargs="+")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    export(averaged(args.run), args.out)


if __name__ == "__main__":
    main()
