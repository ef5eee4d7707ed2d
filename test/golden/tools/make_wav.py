"""WAV files as soundfile (libsndfile) writes them, and their samples as it reads them back.

    pip install soundfile==0.14.0 numpy==2.4.6
    python test/golden/tools/make_wav.py

Writes test/fixtures/data/wav/*.wav and test/golden/wav.json.
"""

from pathlib import Path

import numpy
import soundfile

from provenance import write_golden

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "data" / "wav"
KINDS = {
    "u8": ("WAV", "PCM_U8"), "s16": ("WAV", "PCM_16"), "s24": ("WAV", "PCM_24"), "s32": ("WAV", "PCM_32"), "f32": ("WAV", "FLOAT"), "f64": ("WAV", "DOUBLE"),
    "extensible": ("WAVEX", "PCM_24"), "extensible-f32": ("WAVEX", "FLOAT"),
}
REFUSED = {"ima-adpcm": ("WAV", "IMA_ADPCM"), "ms-adpcm": ("WAV", "MS_ADPCM"), "ulaw": ("WAV", "ULAW"), "alaw": ("WAV", "ALAW")}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    time = numpy.arange(24) / 8000
    stereo = numpy.stack([0.5 * numpy.sin(2 * numpy.pi * 440 * time), -0.9 * numpy.cos(2 * numpy.pi * 1000 * time)], axis=1)
    cases = []
    for name, (container, subtype) in KINDS.items():
        path = FOLDER / f"{name}.wav"
        sound = stereo[:, 0] if name == "s16" else stereo
        soundfile.write(path, sound, 8000, format=container, subtype=subtype)
        samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
        cases.append({"file": f"{name}.wav", "rate": rate, "channels": samples.shape[1], "samples": samples.flatten().tolist()})
    for name, (container, subtype) in REFUSED.items():
        soundfile.write(FOLDER / f"{name}.wav", stereo[:, 0].repeat(20), 8000, format=container, subtype=subtype)
    soundfile.write(FOLDER / "disguised.wav", stereo[:, 0].repeat(40), 8000, format="MP3")
    write_golden("wav.json", "make_wav.py", ["soundfile", "numpy"], {"files": cases})


main()
