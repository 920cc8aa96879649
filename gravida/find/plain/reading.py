"""How hard a text is to read, as a school grade, whole and sentence by sentence.

English: Flesch-Kincaid grade, 0.39 words/sentence + 11.8 syllables/word - 15.59
(Kincaid, Fishburne, Rogers & Chissom 1975, Naval Technical Training Command, report 8-75).
French: Kandel-Moles score, 207 - 1.015 words/sentence - 73.6 syllables/word
(Kandel & Moles 1958, Cahiers d'Études de Radio-Télévision 19:253), Flesch's scale fitted to French.
A Kandel-Moles score becomes a grade by Flesch's published bands (The Art of Readable Writing, 1949):
90-100 5th grade, 80-90 6th, 70-80 7th, 60-70 8th and 9th, 50-60 10th to 12th, 30-50 13th to 16th, below 30 a
graduate's. The middle of each band has the middle of its grades, between them the line is straight: grade 8
is a score of 68.3. A grade says how long words and sentences are, not whether somebody has understood.
"""

from dataclasses import dataclass
from itertools import pairwise

from gravida.find.plain.sentences import Language, sentences, words
from gravida.find.plain.syllables import syllables

TARGET_GRADE = 8.0
TARGET_SENTENCE_WORDS = 15.0  # mean words of a sentence
_BANDS = (  # score -> grade
    (100.0, 4.5), (95.0, 5.0), (85.0, 6.0), (75.0, 7.0), (65.0, 8.5), (55.0, 11.0), (40.0, 14.5),
    (15.0, 17.0),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SentenceReading:
    """One sentence and how hard it is; the grade of a very short sentence says little."""

    text: str
    words: int
    syllables: int
    grade: float

    @property
    def is_long(self) -> bool:
        """Whether the sentence alone is longer than the mean wanted."""
        return self.words > TARGET_SENTENCE_WORDS


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How hard a text is. Without a word in it: grade 0 and no sentence."""

    grade: float
    mean_sentence_words: float
    sentences: tuple[SentenceReading, ...]

    @property
    def meets_target(self) -> bool:
        """Whether grade and mean sentence are both as wanted of a public text."""
        return self.grade <= TARGET_GRADE and self.mean_sentence_words <= TARGET_SENTENCE_WORDS


def reading_of(text: str, *, language: Language) -> Reading:
    """The reading level of a plain text, in time linear in its length."""
    read = tuple(_sentence_reading(one.text, language) for one in sentences(text))
    read = tuple(one for one in read if one.words)
    if not read:
        return Reading(grade=0.0, mean_sentence_words=0.0, sentences=())
    total_words = sum(one.words for one in read)
    total_syllables = sum(one.syllables for one in read)
    return Reading(
        grade=grade_of(total_words / len(read), total_syllables / total_words, language=language),
        mean_sentence_words=total_words / len(read),
        sentences=read,
    )


def _sentence_reading(text: str, language: Language) -> SentenceReading:
    found = words(text)
    spoken = sum(syllables(word, language=language) for word in found)
    grade = grade_of(len(found), spoken / len(found), language=language) if found else 0.0
    return SentenceReading(text=text, words=len(found), syllables=spoken, grade=grade)


def grade_of(words_per_sentence: float, syllables_per_word: float, *, language: Language) -> float:
    """The school grade of a text with these means; never below 0."""
    if language == "en":
        return max(0.0, 0.39 * words_per_sentence + 11.8 * syllables_per_word - 15.59)
    return grade_of_score(207 - 1.015 * words_per_sentence - 73.6 * syllables_per_word)


def grade_of_score(score: float) -> float:
    """The grade of a Kandel-Moles score by Flesch's bands; beyond the outer bands their slope goes on."""
    for (high, low_grade), (low, high_grade) in pairwise(_BANDS):
        if score >= low or low == _BANDS[-1][0]:
            return max(0.0, low_grade + (high - score) * (high_grade - low_grade) / (high - low))
    return _BANDS[-1][1]
