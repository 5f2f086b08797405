"""Readers of other systems' programmes: each turns a file into a `Programme`, or refuses it."""

from services.scheduling.importers.frab import read_frab

__all__ = ["read_frab"]
