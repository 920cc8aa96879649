"""Calculations that Gravida makes in code, by the name a dictionary calls them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CodedRule:
    """What a named rule gives, the arguments it knows, and the file that holds it."""

    gives: str
    arguments: tuple[str, ...] = ()  # empty: takes none, or a name of the study
    file: str


DOMAINS = (
    "chromosomal",
    "uterine",
    "hormonal",
    "infectious",
    "thrombophilia",
    "antiphospholipid",
    "autoimmune",
    "sickle_cell",
)

# A file of follow/ or analysis/ is where the rule will stand: those parts come after the protocol.
CODED_RULES: dict[str, CodedRule] = {
    "R-AGE": CodedRule(
        gives="completed years between a date and the birth date in the vault", file="follow/"
    ),
    "R-CRITERION": CodedRule(gives="whether the criterion named is met", file="protocol/eligibility.py"),
    "R-PARTS-MET": CodedRule(
        gives="which parts of the criterion named are met", file="protocol/eligibility.py"
    ),
    "R-ELIGIBILITY": CodedRule(
        gives="the eligibility result and what decides it", file="protocol/eligibility.py"
    ),
    "R-DATE": CodedRule(
        gives="day 0 of amenorrhoea by the best dating basis", file="protocol/obstetrics_dating.py"
    ),
    "R-GA": CodedRule(
        gives="a gestational age told or measured, in days of amenorrhoea",
        arguments=("end", "arrest"),
        file="protocol/obstetrics_dating.py",
    ),
    "R-COUNT": CodedRule(
        gives="losses counted by the definition in force",
        arguments=("early_min", "early_max", "longest_run", "after_live_birth", "current_partner"),
        file="protocol/definitions_counting.py",
    ),
    "R-TYPE": CodedRule(gives="primary, secondary or tertiary losses", file="protocol/obstetrics_type.py"),
    "R-IF": CodedRule(
        gives="implantation failures and their predicted chance",
        arguments=("counts", "chance"),
        file="protocol/implantation.py",
    ),
    "R-GOOD-EMBRYO": CodedRule(gives="whether an embryo is of good quality", file="protocol/implantation.py"),
    "R-EXPL": CodedRule(
        gives="the state of a domain of the work-up, its completeness, or the class",
        arguments=(*DOMAINS, "complete", "class"),
        file="protocol/workup.py",
    ),
    "R-APS": CodedRule(
        gives="antiphospholipid syndrome by a criteria set",
        arguments=("sydney_2006", "acr_eular_2023"),
        file="protocol/antiphospholipid.py",
    ),
    "R-PERSISTENCE": CodedRule(
        gives="two positives at least 84 days apart on a form", file="protocol/antiphospholipid.py"
    ),
    "R-EMBRYO": CodedRule(gives="share of aneuploid products of conception", file="protocol/workup.py"),
    "R-CENTILE": CodedRule(gives="birth-weight centile by the centre's chart", file="follow/"),
    "R-TH1-TH2": CodedRule(gives="Th1/Th2 ratio within one sample and platform", file="follow/"),
    "R-PREDNISONE": CodedRule(gives="cumulative dose in prednisone equivalents", file="follow/"),
    "R-LAST-NEWS": CodedRule(gives="latest date of all dated forms", file="follow/"),
    "R-QUESTIONNAIRE": CodedRule(
        gives="score or alert of an instrument", arguments=("score", "alert"), file="follow/"
    ),
    "R-INTERVAL": CodedRule(gives="months since the end of the last pregnancy", file="analysis/"),
    "R-NEXT-PREGNANCY": CodedRule(
        gives="first pregnancy after inclusion: time to it, outcome, birth within a time",
        arguments=("time", "outcome", "ongoing_12", "birth_24", "birth_36", "birth_60"),
        file="analysis/",
    ),
}
