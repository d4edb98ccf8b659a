"""Whether a file is whole is judged by what its container promises, in every container; whole files are read."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.data.audio.decode import decode, decode_in_blocks, measure
from repro.data.audio.mpeg_stream import _frame
from repro.data.audio.scan import scan
from repro.data.data_error import DataError

N = 8000
RATE = 16000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(N) / RATE)).astype(np.float32)
ENDINGS = {"AIFF": "aiff", "CAF": "caf", "W64": "w64", "AU": "au", "FLAC": "flac", "OGG": "ogg", "MP3": "mp3"}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))


def encoded(folder: Path, form: str, subtype: str | None = None, *, samples: np.ndarray = TONE, **words) -> bytes:
    path = folder / f"encoded.{ENDINGS.get(form, 'wav')}"
    soundfile.write(path, samples, RATE, format=form, subtype=subtype, **words)
    return path.read_bytes()


def put(folder: Path, content: bytes, ending: str = "wav") -> Path:
    path = folder / f"a.{ending}"
    path.write_bytes(content)
    return path


def riff(riff_size: int, data_size: int, body: bytes, magic: bytes = b"RIFF") -> bytes:
    order = ">" if magic == b"RIFX" else "<"
    fmt = struct.pack(f"{order}IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    head = magic + struct.pack(f"{order}I", riff_size) + b"WAVEfmt " + fmt
    return head + b"data" + struct.pack(f"{order}I", data_size) + body


PCM = (TONE * 32767).astype("<i2").tobytes()

CUT = [
    ("WAV", None),
    ("WAV", "ULAW"),
    ("WAV", "IMA_ADPCM"),
    ("WAV", "GSM610"),
    ("WAVEX", "PCM_24"),
    ("RF64", None),
    ("W64", None),
    ("AIFF", None),
    ("AIFF", "FLOAT"),
    ("AIFF", "ULAW"),
    ("CAF", None),
    ("CAF", "ALAC_16"),
    ("AU", None),
    ("AU", "ALAW"),
    ("NIST", None),
    ("NIST", "ULAW"),
    ("SVX", None),
    ("VOC", None),
    ("AVR", None),
    ("FLAC", None),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", None),
]


@pytest.mark.parametrize("share", [0.5, 0.93])
@pytest.mark.parametrize(("form", "subtype"), CUT)
def test_a_cut_file_is_refused_in_every_container(tmp_path, form, subtype, share):
    content = encoded(tmp_path, form, subtype)
    path = put(tmp_path, content, ENDINGS.get(form, "wav"))
    assert measure(path).frames >= N * 0.99
    put(tmp_path, content[: int(share * len(content))], path.suffix[1:])
    with pytest.raises(DataError, match=r"is cut off|is damaged|cannot be decoded"):
        measure(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (riff(36 + len(PCM) // 2, len(PCM), PCM[: len(PCM) // 2]), "is cut off: its last 8000 bytes are missing"),
        (riff(36 + len(PCM), len(PCM) // 2, PCM), "its header says 8000 bytes of sound, and 8000 more follow"),
        (riff(36 + len(PCM), len(PCM), PCM) * 2, "holds a second file or a second stretch of sound behind the first"),
        (riff(0, len(PCM), PCM[:-100]), "is cut off: its last 100 bytes are missing"),
    ],
)
def test_a_wav_whose_lengths_contradict_each_other_is_refused(tmp_path, content, said):
    with pytest.raises(DataError, match=said):
        measure(put(tmp_path, content))


def test_an_mp3_with_a_hole_or_a_second_one_behind_it_is_refused(tmp_path):
    content = encoded(tmp_path, "MP3")
    with pytest.raises(DataError, match=r"is damaged: \d+ bytes behind frame \d+ are no sound"):
        measure(put(tmp_path, content[:1000] + bytes(400) + content[1400:], "mp3"))
    with pytest.raises(DataError, match="frames more than its tag promises, which would be lost"):
        measure(put(tmp_path, content + content, "mp3"))


UNFILLED = "was written before its length was known"
WHOLE = {
    "sox or espeak to a pipe": (riff(0x7FFFF024, 0x7FFFF000, PCM), UNFILLED),
    "arecord to a pipe": (riff(0x80000024, 0x80000000, PCM), UNFILLED),
    "another to a pipe": (riff(0xFFFFFFFF - 8, 0xFFFFFFFF - 44, PCM), UNFILLED),
    "ffmpeg to a pipe": (riff(0xFFFFFFFF, 0xFFFFFFFF, PCM), UNFILLED),
    "a stopped recorder": (riff(0, 0, PCM), UNFILLED),
    "no length of data": (riff(36 + len(PCM), 0, PCM), UNFILLED),
    "the same, of the other byte order": (
        riff(0, 0, np.frombuffer(PCM, "<i2").astype(">i2").tobytes(), b"RIFX"),
        UNFILLED,
    ),
    "the first 8 bytes counted": (riff(44 + len(PCM), len(PCM), PCM), "promises 8 bytes more than there are"),
    "16 bytes too many": (riff(52 + len(PCM), len(PCM), PCM), "promises 16 bytes more than there are"),
    "no length of the file": (riff(0, len(PCM), PCM), ""),
    "an ID3 tag behind it": (riff(36 + len(PCM), len(PCM), PCM) + b"TAG" + bytes(125), ""),
    "zeros behind it": (riff(36 + len(PCM), len(PCM), PCM) + bytes(4000), ""),
    "a list that is cut": (riff(36 + len(PCM), len(PCM), PCM) + b"LIST\xff\0\0\0INFO", ""),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_wav_with_odd_lengths_is_read_with_a_note(tmp_path, name):
    content, said = WHOLE[name]
    sound = measure(put(tmp_path, content))
    assert sound.frames == N
    assert said in sound.note
    assert bool(said) == bool(sound.note)
    np.testing.assert_allclose(decode(tmp_path / "a.wav")[0], TONE, atol=1e-4)
    np.testing.assert_allclose(decode(tmp_path / "a.wav", start=5000, frames=700)[0], TONE[5000:5700], atol=1e-4)


def unfilled(content: bytes, *places: tuple[bytes, int, bytes]) -> bytes:
    """A file with other bytes so many bytes behind a word."""
    for word, offset, value in places:
        at = content.index(word) + offset
        content = content[:at] + value + content[at + len(value) :]
    return content


@pytest.mark.parametrize(
    ("form", "places"),
    [
        ("AIFF", [(b"FORM", 4, bytes(4)), (b"COMM", 10, bytes(4)), (b"SSND", 4, bytes(4))]),
        ("AIFF", [(b"FORM", 4, b"\xff" * 4), (b"SSND", 4, b"\xff" * 4)]),
        ("CAF", [(b"data", 4, b"\xff" * 8)]),
        ("CAF", [(b"data", 4, bytes(8))]),
        ("AU", [(b".snd", 8, bytes(4))]),
        ("AU", [(b".snd", 8, b"\xff" * 4)]),
        ("RF64", [(b"ds64", 8, bytes(24))]),
        ("RF64", [(b"ds64", 8, b"\xff" * 24)]),
        ("W64", [(b"riff", 16, bytes(8)), (b"data", 16, bytes(8))]),
        ("FLAC", [(b"fLaC", 21, bytes([0x70])), (b"fLaC", 22, bytes(4))]),
    ],
)
def test_a_stream_in_another_container_is_read_to_its_end(tmp_path, form, places):
    content = encoded(tmp_path, form)
    if form == "FLAC":
        places = [(b"fLaC", 21, bytes([content[21] & 0xF0])), places[1]]
    path = put(tmp_path, unfilled(content, *places), ENDINGS.get(form, "wav"))
    assert measure(path).frames == N
    np.testing.assert_allclose(decode(path, start=6000, frames=2000)[0], TONE[6000:], atol=1e-3)


@pytest.mark.parametrize("form", ["AIFF", "FLAC"])
def test_a_stream_that_is_cut_is_refused_where_something_shows_it(tmp_path, form):
    content = encoded(tmp_path, form)
    places = [(b"SSND", 4, bytes(4))] if form == "AIFF" else [(b"fLaC", 21, bytes([content[21] & 0xF0]) + bytes(4))]
    streamed = unfilled(content, *places)
    with pytest.raises(DataError, match="is cut off"):
        measure(put(tmp_path, streamed[: len(streamed) * 2 // 3], ENDINGS[form]))


def crc(page: bytes) -> bytes:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return struct.pack("<I", value & 0xFFFFFFFF)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("again", [False, True])
def test_an_ogg_whose_last_page_lacks_only_the_mark_of_the_end_is_whole(tmp_path, subtype, again):
    content = encoded(tmp_path, "OGG", subtype)
    before = measure(put(tmp_path, content, "ogg"))
    samples = decode(tmp_path / "a.ogg")
    at = content.rindex(b"OggS")
    page = bytearray(content[at:])
    page[5] &= ~4
    if again:  # as an encoder would have written it; else as if the bit alone were lost
        page[22:26] = bytes(4)
        page[22:26] = crc(page)
    sound = measure(put(tmp_path, content[:at] + page, "ogg"))
    assert (sound.frames, before.note) == (before.frames, "")
    assert sound.note == "its last page lacks the mark of the end; it is taken for whole"
    np.testing.assert_array_equal(decode(tmp_path / "a.ogg"), samples)
    assert scan(tmp_path, ["a.ogg"])[0].note == scan(tmp_path, ["a.ogg"])[0].note == sound.note
    page[-3] ^= 1
    with pytest.raises(DataError, match="is damaged: its last page does not fit its own checksum"):
        measure(put(tmp_path, content[:at] + page, "ogg"))


def test_an_ogg_without_its_last_page_is_cut_where_a_packet_goes_on_and_a_lost_page_is_said(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, 20 * RATE)
    content = encoded(tmp_path, "OGG", samples=noise, compression_level=0.0)
    pages = [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]
    assert len(pages) > 6
    with pytest.raises(DataError, match="is damaged: 1 page in its middle cannot be read"):
        measure(put(tmp_path, content[: pages[4]] + content[pages[5] :], "ogg"))


def untagged(content: bytes) -> bytes:
    frame = _frame(content, 0)
    assert frame is not None
    return content[frame.length :]


def mp3_in_wav(content: bytes, channels: int) -> bytes:
    fmt = struct.pack("<HHIIHHHHIHHH", 0x55, channels, RATE, 8000, 1, 0, 12, 1, 2, 576, 1, 1393)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"fact" + struct.pack("<II", 4, N)
    body += b"data" + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("wrap", [lambda content, _: content, mp3_in_wav], ids=["mp3", "mp3 in wav"])
@pytest.mark.parametrize("tag", [True, False], ids=["tag", "no tag"])
def test_every_frame_of_an_mp3_is_read(tmp_path, channels, mode, wrap: Callable[[bytes, int], bytes], tag):
    samples = np.stack([TONE] * channels, 1)
    content = encoded(tmp_path, "MP3", samples=samples, bitrate_mode=mode, compression_level=0.5)
    whole = wrap(content if tag else untagged(content), channels)
    path = put(tmp_path, whole, "wav" if wrap is mp3_in_wav else "mp3")
    sound = measure(path)
    assert sound.frames == N if tag else sound.frames >= N
    assert decode(path, frames=sound.frames).shape == (channels, sound.frames)
    put(tmp_path, whole[:-7], path.suffix[1:])
    with pytest.raises(DataError, match="is cut off"):
        measure(path)


STRETCHED = [
    ("WAV", "GSM610"),
    ("W64", "GSM610"),
    ("AIFF", "GSM610"),
    ("WAV", "G721_32"),
    ("AU", "G723_24"),
    ("AU", "G723_40"),
    ("WAV", "NMS_ADPCM_16"),
    ("WAV", "NMS_ADPCM_32"),
    ("WAV", "IMA_ADPCM"),
    ("WAV", "MS_ADPCM"),
    ("CAF", "ALAC_24"),
    ("FLAC", None),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "CONSTANT"),
    ("MP3", "VARIABLE"),
]


@pytest.mark.parametrize(("form", "subtype"), STRETCHED)
def test_a_stretch_of_any_encoding_is_that_of_the_file_decoded_from_its_start(tmp_path, form, subtype):
    time = np.arange(6 * RATE)
    swell = 0.3 * np.sin(time / 9) * (time % 7001 / 7001) + np.random.default_rng(0).normal(0, 0.01, len(time))
    words = {"bitrate_mode": subtype, "compression_level": 0.9} if form == "MP3" else {}
    path = tmp_path / f"a.{ENDINGS.get(form, 'wav')}"
    soundfile.write(path, swell, RATE, format=form, subtype=None if form == "MP3" else subtype, **words)
    with soundfile.SoundFile(path) as file:
        reference = file.read(2 * len(time) * 3, dtype="float32", always_2d=True).T if not file.seekable() else None
    reference = decode(path, frames=measure(path).frames) if reference is None else reference
    for start in (1, 777, 20_000, 60_001):
        some = decode(path, start=start, frames=2000)
        near = 1e-3 if subtype == "OPUS" else 1e-6  # its decoder only comes close, in 80 ms
        np.testing.assert_allclose(some, reference[:, start : start + 2000], atol=near)
    blocks: list[np.ndarray] = []
    decode_in_blocks(path, blocks.append, start=1000, frames=50_000)
    np.testing.assert_allclose(np.concatenate(blocks, 1), reference[:, 1000:51_000], atol=near)


def test_a_stretch_far_into_an_uneven_mp3_is_exact(tmp_path, monkeypatch):
    time = np.arange(20 * RATE)
    soundfile.write(tmp_path / "a.mp3", 0.3 * np.sin(time / 9) * (time % 7001 / 7001), RATE, bitrate_mode="VARIABLE")
    reference = decode(tmp_path / "a.mp3", frames=len(time))
    monkeypatch.setattr("repro.data.audio.decode.NEAR_FRAMES", 1000)
    for start in (40_000, 150_001, 300_000):
        some = decode(tmp_path / "a.mp3", start=start, frames=3000)
        np.testing.assert_allclose(some, reference[:, start : start + 3000], atol=1e-4)


@pytest.mark.parametrize(("form", "channels", "rate"), [("FLAC", 8, 48000), ("FLAC", 1, 8000), ("FLAC", 2, 44100)])
def test_a_small_file_that_decodes_to_hours_is_refused_by_name_and_before_it_is_read(
    tmp_path, monkeypatch, form, channels, rate
):
    monkeypatch.setattr("repro.data.audio.decode.FREE_SAMPLES", 2**18)
    path = tmp_path / f"a.{ENDINGS[form]}"
    soundfile.write(path, np.zeros((2**21 // channels, channels)), rate, format=form)
    with pytest.raises(DataError, match=r"a\.\w+: decodes to more than [\d,]+ samples .*cut it into files"):
        measure(path)
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, (2**21, 1))
    soundfile.write(path, noise, rate)
    assert measure(path).frames == 2**21  # a file whose bytes are worth its length is read
