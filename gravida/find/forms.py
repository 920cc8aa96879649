"""The search form: what the address of a search may carry, and what each value must be."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find import words
from gravida.find.clean import clean_line
from gravida.find.gazetteer import Place, find_places
from gravida.find.search.request import Near, SearchRequest

RADII = ("10", "25", "50", "100", "200", "any")
# `48.85341, 2.3488`, `48.85 N, 2.35 E`; with decimal commas only where no comma parts the two numbers alone.
_DEGREES = r"([+-]?\d{{1,{digits}}}{decimals})\s*°?\s*([{signs}])?"
_LATITUDE, _LONGITUDE = {"digits": 2, "signs": "NS"}, {"digits": 3, "signs": "EWO"}
COORDINATES = tuple(
    re.compile(
        _DEGREES.format(decimals=decimals, **_LATITUDE)
        + parted
        + _DEGREES.format(decimals=decimals, **_LONGITUDE),
        re.ASCII | re.IGNORECASE,
    )
    for decimals, parted in (
        (r"(?:\.\d+)?", r"\s*[,;]\s*"),
        (r"\.\d+", r"\s+"),
        (r",\d+", r"(?:\s*;\s*|,?\s+)"),
    )
)
# A search for studies of whatever status; it has no box of its own.
ANY_STATUS = "ANY"


class SearchForm(forms.Form):
    """Every part of a search, under the short names that its address carries.

    Each field is optional. A wrong value is told beside its field and left out of the search;
    nothing else of the search is lost.
    """

    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("miscarriage, embryo transfer …"),
                "autocomplete": "off",
            }
        ),
        error_messages={"max_length": _("Please use fewer words: at most 200 signs.")},
    )
    near = forms.CharField(
        label=_("Near which place?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("town or French postcode"), "autocomplete": "off"}),
        error_messages={"max_length": _("Please type a town or a postcode.")},
    )
    age = forms.IntegerField(
        label=_("Your age"),
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Please type your age in whole years."),
            "min_value": _("Please type an age between 0 and 120."),
            "max_value": _("Please type an age between 0 and 120."),
        },
    )
    km = forms.ChoiceField(label=_("Within"), required=False)
    sex = forms.ChoiceField(label=_("Open to"), required=False, widget=forms.RadioSelect)
    status = forms.MultipleChoiceField(label=_("Status"), required=False, widget=forms.CheckboxSelectMultiple)
    type = forms.ChoiceField(label=_("Kind of study"), required=False, widget=forms.RadioSelect)
    notreat = forms.BooleanField(label=_("No treatment tested"), required=False)
    speaks = forms.ChoiceField(label=_("The team speaks"), required=False)
    sort = forms.ChoiceField(label=_("Sort by"), required=False)

    def __init__(self, *args: Any, languages: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "km": [(km, _("any distance") if km == "any" else f"{km} km") for km in RADII],
            "sex": [("", _("Everyone")), ("FEMALE", _("Women")), ("MALE", _("Men"))],
            "status": [*((code, _status(code)) for code in words.STATUS_CHOICE), (ANY_STATUS, "")],
            "type": [
                ("", _("Any kind")),
                *((code, words.of(words.STUDY_TYPE, code)) for code in words.STUDY_TYPE),
            ],
            "speaks": [
                ("", _("any language")),
                *((code, words.of(words.LANGUAGE, code)) for code in sorted(languages)),
            ],
            "sort": [
                ("best", _("Best match")),
                ("nearest", _("Nearest first")),
                ("newest", _("Newest first")),
            ],
        }
        for name, options in choices.items():
            cast(forms.ChoiceField, self.fields[name]).choices = options
        self.initial.setdefault("km", "50")
        self.initial.setdefault("sort", "best")
        self.places: list[Place] = []

    def clean_q(self) -> str:
        """Her words without control characters, which no text can show and no feed can carry."""
        typed, _problems = clean_line(self.cleaned_data["q"])
        return typed

    def clean_near(self) -> str:
        """A place we know, or coordinates; what was found is in `places`, best first."""
        typed: str = self.cleaned_data["near"].strip()
        if not typed:
            return ""
        point = _point(typed)
        self.places = [point] if point else find_places(typed)
        if not self.places:
            raise forms.ValidationError(
                _("We do not know this place. Try a larger town nearby, or a French postcode.")
            )
        return typed

    @property
    def place(self) -> Place | None:
        """The place to measure from."""
        return self.places[0] if self.places else None

    def request(
        self, *, removed: frozenset[str], as_typed: bool, page: int, page_size: int = 10
    ) -> SearchRequest:
        """The search as the engine takes it; call after validation, right or wrong."""
        found = self.cleaned_data
        near = None
        typed = found.get("q", "")
        if self.place:
            km = found.get("km") or "50"
            near = Near(
                latitude=self.place.latitude,
                longitude=self.place.longitude,
                radius_km=None if km == "any" else float(km),
            )
        return SearchRequest(
            words=typed,
            near=near,
            age_years=found.get("age"),
            sex=found.get("sex", ""),
            statuses=tuple(
                status for code in found.get("status", ()) for status in words.STATUS_CHOICE.get(code, ())
            ),
            study_type=found.get("type", ""),
            no_treatment_tested=bool(found.get("notreat")),
            team_language=found.get("speaks", ""),
            without_synonyms=removed,
            as_typed=as_typed,
            # With a place and no words, nothing fits better than another: the nearest first.
            sort=found.get("sort") or ("nearest" if near and not typed else "best"),
            page=page,
            page_size=page_size,
        )


def _status(code: str) -> str:
    return words.of({**words.STATUS, **words.STATUS_CHOICE_WORDS}, code)


def _point(typed: str) -> Place | None:
    """`48.85, 2.35` as a place; None for anything else, and for a point off the globe."""
    text = typed.strip().replace("\N{MINUS SIGN}", "-")
    match = next(filter(None, (pattern.fullmatch(text) for pattern in COORDINATES)), None)
    if not match:
        return None
    latitude, longitude = _degrees(match[1], match[2]), _degrees(match[3], match[4])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Place(name="", region="", country="", latitude=latitude, longitude=longitude, precision="point")


def _degrees(number: str, side: str | None) -> float:
    """A number written in degrees; south and west (in French, ouest) are below zero."""
    degrees = float(number.replace(",", "."))
    return -degrees if side and side.upper() in "SWO" else degrees
