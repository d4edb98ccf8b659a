"""Twins: recordings of one data set that hold the same sound, whatever files, gains, codecs and silences surround it.

Candidates come from marks (:mod:`repro.data.near_duplicates.landmarks`), small pictures of the sound around moments
that stand out, which a copy keeps; the decision is an aligned correlation of the waveforms
(:mod:`repro.data.near_duplicates.alignment`). Hashes miss every lossy copy, and the distance of two pictures does not
tell a copy from an honest neighbour.
"""
