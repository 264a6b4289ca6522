"""Pictures from outside: what is kept is pixels and nothing else, and whatever is no picture is refused in one way."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from bot.language.files import MOST_BYTES
from bot.program.pictures import MOST_PIXELS, SIDE, NotAPicture, clean_picture, cleaned

GPS, SECRET = 0x8825, "planted-secret-5f1"


def drawn(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is dark and whose right half is light."""
    picture = Image.new("RGB", size, (20, 30, 40))
    ImageDraw.Draw(picture).rectangle((size[0] // 2, 0, size[0], size[1]), fill=(220, 210, 200))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def located() -> Image.Exif:
    """What a telephone writes into a picture: where it was taken, with what, and which way it was held."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, 6
    exif.get_ifd(GPS)[2] = (48.0, 51.0, 29.6)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright(kind: str) -> None:
    content = saved(drawn(), kind, exif=located().tobytes())
    assert SECRET.encode() in content
    found = clean_picture(content)
    kept = opened(found.content)
    assert SECRET.encode() not in found.content and not dict(kept.getexif()) and "exif" not in kept.info
    assert (found.width, found.height) == kept.size == (48, 64), "it was held sideways"
    # What was at the left is at the top now.
    assert kept.convert("L").getpixel((24, 8)) < 60 and kept.convert("L").getpixel((24, 56)) > 180  # pyright: ignore[reportOperatorIssue] - one band


def test_words_profiles_and_what_follows_the_picture_are_gone() -> None:
    words = PngInfo()
    words.add_text("Comment", SECRET)
    words.add_itxt("XML:com.adobe.xmp", SECRET)
    content = saved(drawn(), "PNG", pnginfo=words, icc_profile=SECRET.encode() * 3) + SECRET.encode()
    commented = saved(drawn(), "JPEG", comment=SECRET.encode(), xmp=SECRET.encode()) + b"PK\x03\x04" + SECRET.encode()
    for each in (content, commented):
        assert SECRET.encode() in each
        found = clean_picture(each)
        assert SECRET.encode() not in found.content
        assert not {"Comment", "comment", "icc_profile", "xmp"} & set(opened(found.content).info)


@pytest.mark.parametrize(("size", "kept"), [((4000, 1000), (1600, 400)), ((1000, 3200), (500, 1600)), ((9, 7), (9, 7))])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_it_is_made_smaller_and_never_larger(size: tuple[int, int], kept: tuple[int, int], kind: str) -> None:
    found = clean_picture(saved(drawn(size), kind))
    assert (found.width, found.height) == kept and max(kept) <= SIDE
    assert found.media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixels_is_read(mode: str) -> None:
    deep = mode == "I;16"
    picture = drawn(mode="L").convert("I").point(lambda value: value * 256).convert(mode) if deep else drawn(mode=mode)
    found = opened(clean_picture(saved(picture)).content).convert("L")
    assert found.getpixel((8, 24)) < 80 and found.getpixel((56, 24)) > 170  # pyright: ignore[reportOperatorIssue] - one band


def test_the_colours_of_print_are_read() -> None:
    found = opened(clean_picture(saved(drawn(mode="CMYK"), "JPEG")).content)
    assert found.mode == "RGB" and found.convert("L").getpixel((56, 24)) > 170  # pyright: ignore[reportOperatorIssue] - one band


def test_what_is_see_through_stays_so() -> None:
    picture = drawn(mode="RGBA")
    picture.putpixel((0, 0), (0, 0, 0, 0))
    palette = drawn(mode="P")
    for content in (saved(picture), saved(palette, transparency=0)):
        found = clean_picture(content)
        assert found.media_type == "image/png" and opened(found.content).mode == "RGBA"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_picture_stays(kind: str) -> None:
    red, blue = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    content = saved(red, kind, save_all=True, append_images=[blue] * 5, duration=100)
    assert getattr(opened(content), "n_frames", 1) > 1
    found = opened(clean_picture(content).content)
    assert getattr(found, "n_frames", 1) == 1
    shown = found.convert("RGB").getpixel((10, 10))
    assert isinstance(shown, tuple) and shown[0] > 200 and shown[2] < 60


def test_noise_is_still_small_enough() -> None:
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    clear = noise.copy()
    clear.putalpha(Image.effect_noise((1600, 1600), 120))
    for picture in (noise, clear):
        assert len(clean_picture(saved(picture)).content) <= MOST_BYTES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Hello, I am no picture.",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"\x00\x00\x00\x18ftypheic",
        saved(drawn(), "BMP"),
        saved(drawn(), "TIFF"),
        saved(drawn(), "ICO"),
    ],
    ids=["nothing", "words", "svg", "pdf", "heic", "bmp", "tiff", "ico"],
)
def test_what_is_no_picture_of_the_four_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture) as refused:
        clean_picture(content)
    assert refused.value.reason == "kind"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(7_100, 7_100), (10_000, 10_000), (30_000, 30_000), (65_000, 65_000)], ids=str)
@pytest.mark.filterwarnings("default::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_before_it_is_opened(size: tuple[int, int]) -> None:
    assert size[0] * size[1] > MOST_PIXELS
    with pytest.raises(NotAPicture) as refused:
        clean_picture(bomb(*size))
    assert refused.value.reason == "pixels"


def test_a_bomb_of_words_is_refused() -> None:
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80_000_000)))
    whole = saved(drawn())
    with pytest.raises(NotAPicture):
        clean_picture(whole[:33] + text + whole[33:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_half_a_picture_is_damaged(kind: str) -> None:
    content = saved(Image.effect_noise((300, 200), 90), kind)
    refusal = cleaned(content[: len(content) // 2])
    assert isinstance(refusal, NotAPicture) and refusal.reason == "damaged"
    magic = cleaned(content[:12])
    assert isinstance(magic, NotAPicture)


SAMPLES = [saved(drawn((30, 20)), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=8)
)
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_changed_in_a_picture_it_is_read_or_refused(content: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    found = cleaned(bytes(changed))
    assert isinstance(found, NotAPicture) or opened(found.content).size == (found.width, found.height)
