"""Synthetic notes for the smoke rung: four families, two instruments each, played in sessions.

A family is how a note begins and what it is made of: bows rise slowly, with noise; reeds have odd partials, brass
brightens as it gets louder, struck strings begin at once and fade. A session is a player, a room and a microphone:
it tilts the spectrum, shifts the tuning and adds noise of its own.
"""

import numpy as np

RATE = 16000
SECONDS = 1.0
SESSIONS = 4  # of each instrument
NOTES = 8  # of each session

# family, attack in seconds, how steeply partials fall, loudness of even ones, noise in the attack, decay a second
INSTRUMENTS = {
    "violin": ("bowed", 0.09, 1.2, 1.0, 0.25, 0.2),
    "cello": ("bowed", 0.12, 1.5, 1.0, 0.20, 0.2),
    "clarinet": ("woodwind", 0.05, 1.3, 0.15, 0.08, 0.1),
    "flute": ("woodwind", 0.06, 2.2, 0.6, 0.15, 0.1),
    "trumpet": ("brass", 0.03, 0.9, 1.0, 0.03, 0.1),
    "trombone": ("brass", 0.04, 1.1, 1.0, 0.03, 0.1),
    "piano": ("struck", 0.004, 1.6, 1.0, 0.10, 3.0),
    "guitar": ("struck", 0.003, 1.3, 0.8, 0.12, 4.0),
}


class Notes:
    """256 notes of one second at 16 kHz, each after a short silence. The same ``seed`` gives the same notes."""

    groups = {"session": len(INSTRUMENTS) * SESSIONS}
    axes = "C T"
    rate = RATE

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        notes, families, instruments, sessions = [], [], [], []
        for instrument, (family, *sound) in INSTRUMENTS.items():
            for number in range(SESSIONS):
                session = Session(rng)
                for _ in range(NOTES):
                    notes.append(session.record(note(*sound, session, rng), rng))
                    families.append(family)
                    instruments.append(instrument)
                    sessions.append(f"{instrument}-{number}")
        self.values = np.stack(notes)[:, None, :].astype(np.float32)  # (N, C, T)
        self.columns = {"family": families, "instrument": instruments, "session": sessions}


class Session:
    """A player, a room and a microphone."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.tilt = rng.normal(0, 0.15)
        self.tuning = 2 ** (rng.normal(0, 15) / 1200)
        self.noise = 10 ** rng.uniform(-3.2, -2.4)

    def record(self, tone: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The tone as this microphone takes it up, after a silence of up to a tenth of a second."""
        silence = np.zeros(int(RATE * rng.uniform(0.0, 0.1)))
        heard = np.concatenate([silence, tone])[: int(RATE * SECONDS)]
        return 0.5 * heard / np.abs(heard).max() + self.noise * rng.standard_normal(len(heard))


def note(
    attack: float, fall: float, even: float, breath: float, decay: float, session: Session, rng: np.random.Generator
) -> np.ndarray:
    """One note of random pitch and strength, ``(T,)``; its partials rise one after the other, the strong ones first."""
    t = np.arange(int(RATE * SECONDS)) / RATE
    pitch = 110 * 2 ** rng.uniform(0, 2) * session.tuning
    attack *= 2 ** rng.normal(0, 0.3)
    strength = rng.uniform(0.5, 1.0)
    vibrato = rng.uniform(0, 0.004) if decay < 1 else 0.0
    cycles = pitch * (t + vibrato / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * t))
    rise = 1 - np.exp(-3 * t / attack)
    tone = np.zeros_like(t)
    for k in range(1, 41):
        if k * pitch > 0.45 * RATE:
            break
        level = k ** (session.tilt - fall) * (even if k % 2 == 0 else 1.0)
        tone += level * rise ** (1 + 0.15 * k * strength) * np.sin(2 * np.pi * k * cycles + rng.uniform(0, 2 * np.pi))
    tone *= np.exp(-decay * t)
    hiss = breath * rng.standard_normal(len(t)) * np.exp(-t / attack) * rise
    return tone / np.abs(tone).max() + hiss
