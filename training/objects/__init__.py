"""Training of the detector of screens, documents, wristbands and badges. Not needed at run time."""

CLASSES = ("screen", "document", "wristband", "id_badge")
