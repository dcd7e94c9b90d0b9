"""Scans of printed PDFs, made by a program: the same pages as images, damaged as scanners damage.

Here: pages to images, the damage, and images to a PDF without any text. The same input gives the
same bytes. No reader code: nothing here imports `pipeline`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Image = NDArray[np.uint8]
POINTS_PER_INCH = 72
# Ink of a seal as (red, green, blue).
RED_INK = (205, 35, 45)


@dataclass(frozen=True)
class Damage:
    """What a scanner does to a page.

    `skew` in degrees clockwise, `blur` as the sigma of a Gaussian in pixels, `quality` of the JPEG,
    `specks` as the share of pixels turned black or white, `paper` as the grey of the background,
    `seal` as the centre of a red seal in shares of the page.
    """

    skew: float = 0.0
    blur: float = 0.0
    quality: int = 55
    specks: float = 0.0
    paper: int = 255
    seal: tuple[float, float] | None = None
    dpi: int = 200
    turned: int = 0
    seed: int = 1


CLEAN = Damage(quality=90)
OFFICE = Damage(skew=0.7, blur=0.7, quality=60, specks=0.0005, paper=240)
POOR = Damage(skew=-1.5, blur=1.0, quality=50, specks=0.002, paper=225, seal=(0.8, 0.25))


def scanned(source: Path | bytes, damage: Damage, pages: Sequence[int] | None = None) -> bytes:
    """A PDF of images of the pages (numbered from 1; all of them by default)."""
    document = pdfium.PdfDocument(source)
    try:
        numbers = range(1, len(document) + 1) if pages is None else pages
        buffer = io.BytesIO()
        canvas = Canvas(buffer, invariant=1, pageCompression=1)
        for number in numbers:
            page = document[number - 1]
            width, height = page.get_size()
            image = damaged(rendered(page, damage.dpi), damage, number)
            if damage.turned % 180:
                width, height = height, width
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(jpeg(image, damage.quality)), 0, 0, width, height)
            canvas.showPage()
            page.close()
        canvas.save()
        return buffer.getvalue()
    finally:
        document.close()


def rendered(page: pdfium.PdfPage, dpi: int) -> Image:
    """A page as an RGB image."""
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


def damaged(image: Image, damage: Damage, number: int) -> Image:
    """An RGB image as a scanner gives it back."""
    noise = np.random.default_rng((damage.seed, number))
    if damage.seal is not None:
        image = sealed(image, damage.seal, damage.dpi)
    if damage.skew:
        image = turned(image, damage.skew)
    if damage.paper < 255:
        image = (image.astype(np.float32) * (damage.paper / 255)).astype(np.uint8)
    if damage.blur:
        image = cv2.GaussianBlur(image, (0, 0), damage.blur).astype(np.uint8)
    if damage.specks:
        dice = noise.random(image.shape[:2])
        image = image.copy()
        image[dice < damage.specks / 2] = 30
        image[dice > 1 - damage.specks / 2] = 255
    return np.ascontiguousarray(np.rot90(image, damage.turned // 90))


def turned(image: Image, degrees: float) -> Image:
    """An image turned about its centre, its corners filled with paper."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    result = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)
    )
    return result.astype(np.uint8)


def sealed(image: Image, at: tuple[float, float], dpi: int) -> Image:
    """An image with a round red seal: two rings, a star, strokes around it; print shows through."""
    height, width = image.shape[:2]
    centre = (round(at[0] * width), round(at[1] * height))
    radius = round(dpi * 0.82)
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, centre, radius, 255, round(dpi * 0.045), cv2.LINE_AA)
    points = []
    for corner in range(10):
        angle = np.pi * corner / 5 - np.pi / 2
        reach = radius * (0.32 if corner % 2 == 0 else 0.13)
        points.append((centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)))
    cv2.fillPoly(mask, [np.array(points, np.int32)], 255, cv2.LINE_AA)
    for stroke in range(14):
        angle = np.pi * (0.8 + 1.4 * stroke / 13)
        for shift in (-0.06, 0.0, 0.06):
            inner, outer = radius * 0.62, radius * 0.84
            across = (np.cos(angle + shift), np.sin(angle + shift))
            start = (round(centre[0] + inner * across[0]), round(centre[1] + inner * across[1]))
            end = (round(centre[0] + outer * across[0]), round(centre[1] + outer * across[1]))
            cv2.line(mask, start, end, 255, max(2, round(dpi * 0.014)), cv2.LINE_AA)
    cover = (mask.astype(np.float32) / 255 * 0.9)[:, :, None]
    ink = np.array(RED_INK, np.float32) / 255
    # Ink is transparent: it takes light away and gives none.
    return (image * (1 - cover * (1 - ink))).astype(np.uint8)


def jpeg(image: Image, quality: int) -> io.BytesIO:
    """An RGB image as a JPEG."""
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise ValueError("the image cannot be stored as a JPEG")
    return io.BytesIO(data.tobytes())
