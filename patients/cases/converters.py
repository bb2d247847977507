"""The case reference in a URL: a mistyped one is refused before anything is looked up (ACC-11)."""

from patients.rules import REF_ALPHABET, REF_BODY_LENGTH, read_case_ref


class CaseConverter:
    """`<case:case>`: eight characters of the reference alphabet whose check character fits."""

    regex = f"[{REF_ALPHABET}]{{{REF_BODY_LENGTH + 1}}}"

    def to_python(self, value: str) -> str:
        ref = read_case_ref(value)
        if ref is None:
            raise ValueError("not a case reference")
        return ref

    def to_url(self, value) -> str:
        return str(value)
