"""The circumstances in which a sample was taken, which decide whether its result can be read at all."""

from enum import StrEnum


class Circumstance(StrEnum):
    """What was true of the woman when the sample was taken, where it can falsify a result."""

    VITAMIN_K_ANTAGONIST = "vitamin_k_antagonist"
    HEPARIN = "heparin"
    DIRECT_ORAL_ANTICOAGULANT = "direct_oral_anticoagulant"
    OESTROGENS = "oestrogens"
    LEVOTHYROXINE = "levothyroxine"
    BIOTIN = "biotin"
    ACUTE_INFECTION = "acute_infection"  # or fever, within two weeks
    PREGNANT = "pregnant"
    AFTER_PREGNANCY = "after_pregnancy"  # less than 12 weeks after the end of a pregnancy
    HAEMOGLOBIN_VARIANT = "haemoglobin_variant"
    IGA_DEFICIENCY = "iga_deficiency"
    OTHER = "other"  # the laboratory itself calls the result uninterpretable
