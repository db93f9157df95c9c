"""One way to write parameters, two engines to read them."""

from server.storage.placeholders import for_postgres, for_sqlite


def test_postgres_gets_numbers_in_order() -> None:
    assert for_postgres("SELECT ? WHERE a = ? AND b > ?") == "SELECT $1 WHERE a = $2 AND b > $3"


def test_question_marks_in_quotes_are_left_alone() -> None:
    sql = """SELECT '?', 'it''s ?', "odd?" WHERE a = ? AND b IN (?*)"""
    assert for_postgres(sql) == """SELECT '?', 'it''s ?', "odd?" WHERE a = $1 AND b = ANY($2)"""
    spread = """SELECT '?', 'it''s ?', "odd?" WHERE a = ? AND b IN (?, ?)"""
    assert for_sqlite(sql, (1, [2, 3])) == (spread, [1, 2, 3])


def test_lists_become_arrays_on_postgres() -> None:
    assert for_postgres("a IN (?*) OR b not in (?*) OR c = ?") == "a = ANY($1) OR b <> ALL($2) OR c = $3"


def test_a_list_is_rounded_up_to_a_power_of_two_on_sqlite() -> None:
    assert for_sqlite("a IN (?*)", ([1, 2, 3],)) == ("a IN (?, ?, ?, ?)", [1, 2, 3, 3])
    assert for_sqlite("a IN (?*)", ([1, 2, 3, 4],)) == ("a IN (?, ?, ?, ?)", [1, 2, 3, 4])
    assert for_sqlite("a IN (?*)", ([7],)) == ("a IN (?)", [7])


def test_an_empty_list_matches_nothing_on_sqlite() -> None:
    assert for_sqlite("a NOT IN (?*) AND b = ?", ([], 5)) == ("a NOT IN () AND b = ?", [5])


def test_a_statement_without_lists_goes_through_untouched_on_sqlite() -> None:
    params = (1, b"x")
    assert for_sqlite("a = ? AND b = ?", params) == ("a = ? AND b = ?", params)
