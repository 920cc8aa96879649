"""Telephone numbers as people type them, as they are kept (E.164) and as they are shown."""

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_INVALID = phonenumbers.NumberParseException
_SENTENCES: dict[str, Promise] = {
    "no_number": _("This is not a telephone number. It should be like 01 99 00 12 34 or +32 2 123 45 67."),
    "country": _("The country’s prefix after the + is not known. For France it is +33."),
    "short": _("This number is too short: some figures are missing."),
    "long": _("This number is too long: there are too many figures."),
    "invalid": _("This number does not exist in that country. Please look at each figure again."),
}


class WrongTelephone(Exception):
    """What was typed cannot be called; the text says what is wrong, in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(_SENTENCES[self.code])


_OF_PARSER = {
    _INVALID.INVALID_COUNTRY_CODE: "country",
    _INVALID.NOT_A_NUMBER: "no_number",
    _INVALID.TOO_SHORT_AFTER_IDD: "short",
    _INVALID.TOO_SHORT_NSN: "short",
    _INVALID.TOO_LONG: "long",
}
_OF_LENGTH = {
    phonenumbers.ValidationResult.TOO_SHORT: "short",
    phonenumbers.ValidationResult.TOO_LONG: "long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "country",
}


def normal_telephone(typed: str, *, country: str = "FR") -> str:
    """The number as E.164, as +33199001234; without a prefix it is one of `country` (ISO 3166).

    WrongTelephone says what is wrong. An extension is refused: nobody dials it from a list of numbers.
    """
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        raise WrongTelephone(_OF_PARSER.get(error.error_type, "no_number")) from error
    if number.extension:
        raise WrongTelephone("no_number")
    if not phonenumbers.is_valid_number(number):
        length = phonenumbers.is_possible_number_with_reason(number)
        raise WrongTelephone(_OF_LENGTH.get(length, "invalid"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_telephone(e164: str, *, country: str = "FR") -> str:
    """The number as people of that country write it: national there, international elsewhere.

    What is no E.164 number - a record's own way of writing - comes back as it is.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    is_national = phonenumbers.region_code_for_number(number) == country
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if is_national else style.INTERNATIONAL)
