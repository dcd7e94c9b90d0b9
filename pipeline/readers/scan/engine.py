"""RapidOCR's two networks, built once per process from the models in its wheel.

Here: where the models are, that nothing is fetched, logged or drawn, and an image of one line to
characters with their probabilities. Not here: which images (cells, lines).
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.scan.image import Image, opencv

# The recogniser's input: every line is brought to this height.
LINE_HEIGHT = 48
SHORTEST, LONGEST = 64, 3200
RECOGNISER, DETECTOR = "PP-OCRv6_rec_small.onnx", "PP-OCRv6_det_small.onnx"

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Engine:
    """The networks, and the characters the recogniser knows (0 is none)."""

    recogniser: Any
    detector: Any
    characters: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """The characters of one line, and how probable each is."""

    text: str
    probabilities: tuple[float, ...]


@cache
def engine() -> Engine:
    """The networks of this process, one thread each.

    Every model is named by its path: RapidOCR fetches models only where it is told none.
    """
    opencv()
    # RapidOCR sets its own level when this module is loaded, and then tells paths.
    import_module("rapidocr.utils.log")
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    from rapidocr.ch_ppocr_det import TextDetector
    from rapidocr.ch_ppocr_rec import TextRecognizer
    from rapidocr.main import DEFAULT_CFG_PATH
    from rapidocr.utils.parse_parameters import ParseParams

    models = DEFAULT_CFG_PATH.parent / "models"
    settings = ParseParams.update_batch(
        ParseParams.load(DEFAULT_CFG_PATH),
        {
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Rec.model_path": str(models / RECOGNISER),
            "Det.model_path": str(models / DETECTOR),
        },
    )
    for part in (settings.Rec, settings.Det):
        part.engine_cfg = settings.EngineConfig[part.engine_type.value]
        part.font_path = None
    recogniser = TextRecognizer(settings.Rec)
    characters = tuple(recogniser.postprocess_op.character)
    return Engine(recogniser.session, TextDetector(settings.Det), characters)


def probabilities(line: Image, stretch: float = 1.0) -> Probabilities:
    """Each step of a line, and how probable each character is there.

    Lines go through one by one: what one is read as must not depend on its neighbours.
    """
    cv = opencv()
    height, width = line.shape
    wanted = math.ceil(LINE_HEIGHT * width * stretch / height)
    wanted = min(max(wanted, 8), LONGEST)
    scaled = cv.resize(line, (wanted, LINE_HEIGHT), interpolation=cv.INTER_LINEAR)
    batch = np.zeros((1, 3, LINE_HEIGHT, max(wanted, SHORTEST)), np.float32)
    batch[0, :, :, :wanted] = scaled.astype(np.float32) / 127.5 - 1
    found: Probabilities = engine().recogniser(batch)[0]
    return found


def decoded(steps: Probabilities) -> Read:
    """The most probable character of each step, repeats and blanks dropped."""
    best = steps.argmax(axis=1)
    new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
    chosen = np.flatnonzero(new)
    characters = engine().characters
    return Read(
        "".join(characters[best[step]] for step in chosen),
        tuple(float(steps[step, best[step]]) for step in chosen),
    )


def text_boxes(page: Image) -> list[tuple[int, int, int, int]]:
    """Boxes (x0, y0, x1, y1) around the lines of text of an image."""
    cv = opencv()
    found = engine().detector(cv.cvtColor(page, cv.COLOR_GRAY2RGB))
    if found.boxes is None:
        return []
    boxes = []
    for corners in found.boxes:
        x0, y0 = corners.min(axis=0)
        x1, y1 = corners.max(axis=0)
        boxes.append((int(x0), int(y0), int(x1), int(y1)))
    return sorted(boxes, key=lambda box: (box[1], box[0]))
