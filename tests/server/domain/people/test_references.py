"""Which people's records a step names."""

from server.domain.people.references import references

A, B, C = "a" * 32, "b" * 32, "c" * 32


def test_whose_matter_on_which_word_and_about_what() -> None:
    assert references({"resident": A, "consent": B, "village": "341881106200", "item": C}) == {
        ("resident", A),
        ("consent", B),
    }
    assert references({"use_case": A, "bundle": B}) == {("case", A), ("bundle", B)}
    assert references({"case": A}) == {("case", A)}
    assert references({"about_kind": "rating", "about": A}) == {("rating", A)}


def test_what_holds_nobody_is_no_such_name() -> None:
    assert references({"about_kind": "device", "about": A, "resident": "", "legs": [{"case": B}]}) == set()
