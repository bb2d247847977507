"""How the numbers and addresses of a person are read. Pure: no Django, no clock.

Each reader takes what somebody typed, or what a spreadsheet made of it, and returns it in the one form in which it is
kept. It raises `Unreadable`, whose words go on from a subject: "The NHS number" + " needs 10 digits, this has 9".
"""

from __future__ import annotations

import re
import unicodedata

NHS_NUMBER_DIGITS = 10
LONGEST_NAME = 80
UK_TRUNK = "0"
# National numbers without their zero: nine digits at least, ten for mobiles.
UK_NATIONAL = re.compile(r"(?:7\d{9}|[123589]\d{8,9})")
FOREIGN_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c\u200e\u200f"))


class Unreadable(ValueError):
    """What was typed cannot be meant; the message is the end of a sentence."""


def tidy(text: str) -> str:
    """Return text composed, without invisible characters, with single spaces and none at its ends."""
    return " ".join(unicodedata.normalize("NFC", text).translate(INVISIBLE).split())


def read_nhs_number(typed: str) -> str:
    """Return the ten digits of an NHS number, or "" where nothing was typed (REF-1)."""
    bare = re.sub(r"[\s.\-]", "", tidy(typed)) if not SCIENTIFIC.fullmatch(tidy(typed)) else tidy(typed)
    if not bare:
        return ""
    if SCIENTIFIC.fullmatch(bare):
        bare = _digits_of_scientific(bare)
    if not (bare.isascii() and bare.isdecimal()):
        raise Unreadable("may have digits only")
    if len(bare) != NHS_NUMBER_DIGITS:
        raise Unreadable(f"needs {NHS_NUMBER_DIGITS} digits, this has {len(bare)}")
    if not nhs_check_digit_fits(bare):
        raise Unreadable("has a wrong digit somewhere: its check digit does not fit")
    return bare


def nhs_check_digit_fits(digits: str) -> bool:
    """Tell whether the last of ten digits is the check digit of the first nine (modulus 11)."""
    return nhs_check_digit(digits[:-1]) == digits[-1]


def nhs_check_digit(nine: str) -> str:
    """Return the check digit of nine digits, or "" where no number with these nine exists."""
    check = -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return "" if check == 10 else str(check)


def nhs_number_in_groups(digits: str) -> str:
    """Return an NHS number as it is printed: 943 476 5919."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if digits else ""


def read_phone(typed: str) -> str:
    """Return a UK number with its leading zero, or a foreign one with its plus sign; "" where nothing was typed.

    What a spreadsheet does to numbers is undone where only one number can have been meant (a lost leading zero, a
    number written as 4.47700900123E+11 in full); it is Unreadable where digits are gone (4.47701E+11).
    """
    bare = tidy(typed).lstrip("'")
    if not bare:
        return ""
    if SCIENTIFIC.fullmatch(bare):
        bare = _digits_of_scientific(bare)
    bare = re.sub(r"\.0+$", "", bare).replace("(0)", "")
    bare = re.sub(r"[\s().\-/\u2010-\u2015]", "", bare)
    if not re.fullmatch(r"\+?\d+", bare, re.ASCII):
        raise Unreadable("may have digits, spaces and a plus sign only")
    return _uk_number(bare) or _foreign_number(bare)


def _digits_of_scientific(text: str) -> str:
    """Return the whole number that a spreadsheet wrote with an exponent; Unreadable where digits were dropped."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.replace(".", "")
    if len(digits) - 1 != int(exponent):
        raise Unreadable(f"was cut short by a spreadsheet ({text}), its last digits are lost: type it again")
    return digits


def _uk_number(bare: str) -> str:
    """Return a UK number with its zero, or "" where it is none."""
    for prefix in ("+440", "+44", "0044", "44", UK_TRUNK, ""):
        rest = bare.removeprefix(prefix)
        if bare.startswith(prefix) and UK_NATIONAL.fullmatch(rest) and (prefix or len(rest) == 10):
            return UK_TRUNK + rest
    return ""


def _foreign_number(bare: str) -> str:
    number = f"+{bare[2:]}" if bare.startswith("00") else bare
    if FOREIGN_NUMBER.fullmatch(number) and not number.startswith("+44"):
        return number
    digits = bare.lstrip("+")
    raise Unreadable(f"is not a whole phone number ({len(digits)} digits)")


def read_postcode(typed: str) -> str:
    """Return a postcode in capitals with its one space; raises Unreadable for anything else."""
    bare = re.sub(r"[^A-Z0-9]", "", tidy(typed).upper())
    found = POSTCODE.fullmatch(bare)
    if found is None:
        raise Unreadable("is not a full postcode, such as AB1 2CD")
    return f"{found[1]} {found[2]}"


def district(postcode: str) -> str:
    """Return the first half of a postcode as `read_postcode` gives it."""
    return postcode.split(" ", 1)[0]


def read_name(typed: str) -> str:
    """Return a name tidied; raises Unreadable where it is missing, too long or holds no letter."""
    name = tidy(typed)
    if not name:
        raise Unreadable("is missing")
    if len(name) > LONGEST_NAME:
        raise Unreadable(f"is longer than {LONGEST_NAME} characters")
    if not any(letter.isalpha() for letter in name) or any(sign.isdigit() for sign in name):
        raise Unreadable("does not look like a name")
    return name
