"""Training of the detector of screens, documents, wristbands and badges. Not needed at run time."""

import os

# ONNX Runtime from 1.29 on tries to reach its maker otherwise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

CLASSES = ("screen", "document", "wristband", "id_badge")
