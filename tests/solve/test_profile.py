"""Solver profiles: found by name or path, checked, and refused in words."""

from __future__ import annotations

import pytest

from circularpark.solve.profile import (
    ProfileError,
    profile_folder,
    profile_names,
    read_profile,
)
from circularpark.words import LANGUAGES

GOOD = """
[solver]
name = "Mine"
interface = "pyomo"
pyomo_name = "glpk"
[solver.when]
zh = "试用"
en = "to try"
[options]
tmlim = 60
[tolerances]
primal = 1e-8
"""


@pytest.fixture
def mine(tmp_path):
    def write(text: str) -> str:
        file = tmp_path / "mine.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_without_a_name_the_solver_is_highs():
    assert read_profile().interface == "highs"
    assert read_profile().id == "highs"


@pytest.mark.parametrize("where", ["highs-ipm", "highs-ipm.toml", "solvers/highs-ipm.toml"])
def test_a_packaged_profile_is_found_from_any_folder(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_profile(where).options["solver"] == "ipm"


@pytest.mark.parametrize("name", profile_names())
def test_every_packaged_profile_says_in_both_languages_when_to_use_it(name):
    profile = read_profile(name)
    assert {lang for lang in LANGUAGES if profile.when[lang].strip()} == set(LANGUAGES)


@pytest.mark.parametrize(
    "name", [n for n in profile_names() if read_profile(n).interface == "highs"]
)
def test_highs_accepts_every_option_of_its_profiles(name):
    highspy = pytest.importorskip("highspy")
    highs = highspy.Highs()
    highs.silent()
    refused = {
        key: value
        for key, value in read_profile(name).native_options().items()
        if highs.setOptionValue(key, value) != highspy.HighsStatus.kOk
    }
    assert refused == {}


def test_a_profile_of_ones_own_is_read_from_its_file(mine):
    profile = read_profile(mine(GOOD))
    assert (profile.name, profile.pyomo_name) == ("Mine", "glpk")
    assert profile.options == {"tmlim": 60}
    assert (profile.primal, profile.dual) == (1e-8, 1e-9)


def test_tolerances_reach_highs_under_its_own_names():
    options = read_profile("highs").native_options()
    assert options["primal_feasibility_tolerance"] == 1e-9
    assert options["dual_feasibility_tolerance"] == 1e-9


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("[tolerances]", "[tolerance]"), "profile.key"),
        (("primal = 1e-8", "primal = 1e-3"), "profile.tolerance"),
        (("primal = 1e-8", "primal = true"), "profile.tolerance"),
        (('interface = "pyomo"', 'interface = "excel"'), "profile.interface"),
        (('pyomo_name = "glpk"', ""), "profile.pyomo_name"),
        (("tmlim = 60", "tmlim = [60]"), "profile.option"),
        (('zh = "试用"', ""), "profile.languages"),
        (('name = "Mine"', 'name = "Mine"\ntoo_large = "so many"'), "profile.texts"),
        (("[options]\ntmlim = 60", ""), None),
        (("[solver]", "[solver"), "profile.not_toml"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(mine, change, code):
    where = mine(GOOD.replace(*change))
    if code is None:
        assert read_profile(where).options == {}
        return
    with pytest.raises(ProfileError) as refused:
        read_profile(where)
    assert refused.value.code == code
    for lang in LANGUAGES:
        assert "mine.toml" in refused.value.text(lang)


def test_a_misspelt_name_is_answered_with_the_one_that_was_meant():
    with pytest.raises(ProfileError) as refused:
        read_profile("solvers/hihgs.toml")
    assert "Did you mean 'highs'?" in refused.value.text("en")
    assert "您要的是“highs”吗？" in refused.value.text("zh")


def test_the_packaged_profiles_lie_at_the_top_of_the_checkout():
    assert (profile_folder() / "highs.toml").is_file()
