"""What overviews keep: versions of texts, texts asked for, public notes, and how easy they were found."""

from gravida.find.overviews.models_jobs import GenerationJob
from gravida.find.overviews.models_notes import PublicNote, PublicNoteVersion
from gravida.find.overviews.models_ratings import Rating
from gravida.find.overviews.models_texts import Generation, OverviewStep, OverviewText, Resolution

__all__ = [
    "Generation", "GenerationJob", "OverviewStep", "OverviewText", "PublicNote", "PublicNoteVersion",
    "Rating", "Resolution",
]  # fmt: skip
