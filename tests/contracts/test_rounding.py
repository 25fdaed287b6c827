"""The balance rule: printed parts add up to printed wholes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rounding import balanced, decimals_of, rounded, unit_title

AREAS = st.lists(st.floats(0, 50_000, allow_nan=False), min_size=1, max_size=30)


def decimals(*texts):
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (2.675, 2, "2.68"),
        (0.1 + 0.2, 2, "0.30"),
        (295.685, 2, "295.69"),
        (-2.675, 2, "-2.68"),
        (1234.5, 0, "1235"),
        (0, 2, "0.00"),
        (-0.003, 2, "0.00"),
    ],
)
def test_halves_are_rounded_away_from_zero_and_binary_noise_is_no_digit(value, places, printed):
    assert rounded(value, places) == Decimal(printed)
    assert str(rounded(value, places)) == printed


def test_the_last_digit_goes_to_the_part_that_lost_most():
    # 10.004 + 20.003 + 30.004 = 60.011 → 60.01; one digit is left, and .004 is lost by two: the larger one has it
    assert balanced([10.004, 20.003, 30.004], 2) == decimals("10.00", "20.00", "30.01")


def test_parts_that_would_be_rounded_up_together_are_not():
    # each alone is 3.34, together 10.02; the whole is 10.01: the later ones of equal parts give way
    assert balanced([3.336, 3.336, 3.336], 2) == decimals("3.34", "3.34", "3.33")


def test_m2_as_mu_and_hectares_add_up():
    square_metres = [12_345.6, 6_789.1, 333.3, 0.0]
    hectares = [part / 10_000 for part in square_metres]
    assert balanced(hectares, 2) == decimals("1.24", "0.68", "0.03", "0.00")
    assert sum(balanced(hectares, 2)) == rounded(sum(hectares), 2) == Decimal("1.95")


def test_what_is_not_known_stays_unknown_and_is_no_zero():
    assert balanced([1.004, None, 2.004], 2) == [Decimal("1.00"), None, Decimal("2.01")]
    assert balanced([], 2) == []


def test_parts_follow_a_whole_that_was_balanced_itself():
    # a township printed as 10.01, as the district's sum needed it, though it alone would be 10.00
    assert balanced([4.002, 6.002], 2, Decimal("10.01")) == decimals("4.00", "6.01")


def test_a_whole_of_other_parts_is_refused():
    with pytest.raises(ValueError, match="not the whole"):
        balanced([1.0, 2.0], 2, Decimal("3.01"))


@given(AREAS, st.integers(0, 4))
def test_any_parts_add_up_to_the_printed_whole_and_none_moves_by_a_digit(parts, places):
    measure_unit = Decimal(1).scaleb(-places)
    printed = balanced(parts, places)
    assert abs(sum(printed) - Decimal(sum(parts))) <= measure_unit / 2 + Decimal("1e-6")
    for part, shown in zip(parts, printed, strict=True):
        assert abs(shown - Decimal(part)) < measure_unit + Decimal("1e-6")
        assert shown == 0 or part > 0


@given(AREAS)
def test_two_levels_add_up_wherever_the_parts_lie(parts):
    """Townships to the district, and their parts to each township as it is printed."""
    halves = [(part * 0.37, part - part * 0.37) for part in parts]
    townships = balanced([sum(pair) for pair in halves], 2)
    assert [sum(balanced(pair, 2, whole)) for pair, whole in zip(halves, townships, strict=True)] == townships


def test_units_have_decimals_and_names_however_they_are_written():
    assert (decimals_of("ha"), decimals_of("公顷"), decimals_of("m²"), decimals_of("百分点"), decimals_of(None)) == (
        2,
        2,
        0,
        2,
        2,
    )
    assert (unit_title("ha"), unit_title("万亩"), unit_title("wan"), unit_title("百分点")) == (
        "公顷",
        "万亩",
        "万元",
        "百分点",
    )
