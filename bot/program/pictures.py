"""Pictures that people send: each is decoded, and made anew without whatever else was in it. Pure."""

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.language.files import MOST_BYTES, picture_type

MOST_PIXELS = 50_000_000
"""Pixels of a picture that is decoded; a telephone's camera stays below that. More could fill the memory."""
SIDE = 1_600
"""Pixels of the longer side of what is kept."""
QUALITY = 85
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, MemoryError, IndexError, OverflowError)
"""What the library raises over pictures that are broken, by chance or on purpose."""


class NotAPicture(Exception):
    """What was sent cannot be used. `reason`: kind (no PNG, JPEG, WebP or GIF), damaged, or pixels (too many)."""

    def __init__(self, reason: Literal["kind", "damaged", "pixels"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture of our own making: nothing is in it but its pixels. `width` and `height` count them."""

    content: bytes
    media_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """How the name of its file ends."""
        return ".png" if self.media_type == "image/png" else ".jpg"


def clean_picture(content: bytes) -> CleanPicture:
    """A picture without its place, camera, or anything else that was hidden in it, upright, of `SIDE` pixels at most.

    Of what moves, the first picture. Raises NotAPicture.
    """
    if not picture_type(content):
        raise NotAPicture("kind")
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            # The size stands at the beginning: nothing has been decoded yet.
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture("pixels")
            return _made_anew(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture("pixels") from None
    except UnidentifiedImageError:
        raise NotAPicture("damaged") from None
    except _DAMAGED:
        raise NotAPicture("damaged") from None


def cleaned(content: bytes) -> CleanPicture | NotAPicture:
    """As `clean_picture`, with the refusal as a result: for a computation whose result is kept."""
    try:
        return clean_picture(content)
    except NotAPicture as refusal:
        return refusal


def _made_anew(opened: Image.Image) -> CleanPicture:
    drawn = opened.format in ("PNG", "GIF")
    # A JPEG can be decoded smaller than it is, which takes a fraction of the time and the memory.
    opened.draft("RGB", (SIDE, SIDE))
    opened.load()
    picture = ImageOps.exif_transpose(opened)
    clear = "A" in picture.getbands() or "transparency" in picture.info
    picture = _in_colours(picture, clear=clear)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if clear or drawn:
        made = _written(picture, "PNG")
        if len(made) <= MOST_BYTES:
            return CleanPicture(made, "image/png", *picture.size)
    if clear:
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    return CleanPicture(_written(picture, "JPEG"), "image/jpeg", *picture.size)


def _in_colours(picture: Image.Image, *, clear: bool) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits a channel: converted at once, all above the lowest eight would be white.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGBA" if clear else "RGB")


def _written(picture: Image.Image, kind: Literal["PNG", "JPEG"]) -> bytes:
    """The file, with the pixels and nothing else: what the picture brought along is not handed on."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    file = BytesIO()
    if kind == "PNG":
        bare.save(file, "PNG", optimize=True)
    else:
        bare.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return file.getvalue()
