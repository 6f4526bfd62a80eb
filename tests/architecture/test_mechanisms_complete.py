"""Every mechanism is complete: tests, a part of the slow reference model, evidence, and levers that can be neutral."""

import importlib
import re
from pathlib import Path

import pytest

from model.engine.parameters import ParameterSpec
from model.engine.tables import COUNTED_MONTHLY
from model.world.mechanism import Mechanism
from scenarios.groups import declared_groups, model_levers

ROOT = Path(__file__).parents[2]


def records() -> dict[str, Mechanism]:
    """Return the record of every mechanism by its file, as `crime/guards`."""
    found = {}
    for path in sorted((ROOT / "model").glob("*/*.py")):
        rules = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if hasattr(rules, "MECHANISM"):
            found[path.relative_to(ROOT / "model").with_suffix("").as_posix()] = rules.MECHANISM
    return found


RECORDS = records()
TESTED_IN = {
    "problems/problem_work": "problems/test_problems.py",
    "problems/traces": "measures/test_criteria.py",
    "simulation/start": "trust/test_law.py",
    "world/discrete_choice": "world/test_deciding.py",
}
"""Mechanisms that are tested together with another one."""
TWIN_OF = {
    "community/collective_violence": "crowds.py",
    "community/communal_authority": "community.py",
    "community/land_conflicts": "land.py",
    "crime/deterrence": "crime.py",
    "crime/domestic_violence": "home.py",
    "crime/guards": "crime.py",
    "crime/lasting_risk": "crime.py",
    "crime/near_repeat": "crime.py",
    "crime/opportunity": "crime.py",
    "crime/political_calendar": "politics.py",
    "crime/safe_schools": "narcos.py",
    "gangs/extortion": "gangs.py",
    "police/patrol": "police.py",
    "police/resources": "means.py",
    "police/roster": "police.py",
    "politics/crises": "politics.py",
    "politics/heavy_hand": "army.py",
    "problems/problem_work": "problems.py",
    "problems/solved_problems": "problems.py",
    "reporting/seeking_help": "home.py",
    "residents/daily_rhythm": "town.py",
    "residents/population_change": "population.py",
    "trust/hearsay": "community.py",
    "trust/ledger": "people.py",
    "world/discrete_choice": "deciding.py",
}
"""The part of the slow reference model of a mechanism, where it has another name than the mechanism."""
CALLED_THERE = {
    "problems/problem_work": "the police make of it",
    "trust/ledger": "Residents and their trust",
    "world/discrete_choice": "Decisions",
}
"""Words of the twin for a mechanism that it does not call by its name."""
COUNTING_ONLY = {"crime/crime_counts", "problems/traces"}
"""Mechanisms that count events of a month: the twin compares the events, one by one."""
WITHOUT_EVIDENCE = {
    "crime/guards": "the evidence has no row on private guards; both parameters are assumed and swept",
    "crime/season": "the evidence has no row on months and paydays; the sources stand in its section of the ODD",
}
SILENCED_BY = {
    "adoption.leaders": ("places", "donor_places", "programme_places"),
    "adoption.overlap": ("places", "donor_places", "programme_places"),
    "chief.order_arrests": ("sets_hours",),
    "chief.order_prevent": ("sets_hours",),
    "communal_authority.presence": ("reach",),
    "consultation.attend": ("meetings", "network"),
    "consultation.police_call": ("meetings",),
    "heavy_hand.months": ("detention",),
    "heavy_hand.weeks": ("detention",),
    "misconduct.answered": ("base",),
    "misconduct.channel": ("base",),
    "misconduct.control": ("base",),
    "plans.post_hours": ("posts", "task_force"),
    "pressure.channel": ("level",),
    "pressure.goal": ("level",),
}
"""Levers that do nothing once these parameters of their mechanism are neutral."""
WITHOUT_NEUTRAL = {
    "adoption.academy_trained": "officers whom misconduct removes are replaced from the academy too",
    "adoption.busts": "practices and work on problems read it",
    "adoption.returned": "practices and work on problems read it",
    "communal_authority.protocol": "requests of boards are answered by it too",
    "consultation.answer": "boards ask outside meetings too, and are answered",
    "consultation.request_met": "boards ask outside meetings too, and requests are met",
    "contacts.fair": "conduct stays where contacts teach nothing; response and consultation read it",
    "extortion.imitator_blocked": "cliques read how far their leaders in prison are cut off",
    "extortion.tension": "cliques read it when they decide on peace",
    "plans.bust": "chiefs weigh it when they choose the mode of a plan",
    "practices.follow_most": "it caps a habit, which officers keep",
    "practices.paid_by": "somebody gives the hours in any case",
    "practices.support_least": "courses of a programme begin support too",
    "practices.support_most": "courses of a programme begin support too",
    "pressure.control": "whether a call is declined depends on it too",
    "reporting.accompaniment": "women who seek help read it too",
    "resources.condition": "stress, conduct and capture are relative to its usual value",
    "roster.absence": "every roster has some",
    "roster.bicycles": "a share of shifts on foot or by bicycle; neither is neutral",
    "roster.fixed_duties": "every shift has some",
    "roster.gallons": "vehicles need fuel",
    "roster.gallons_motorcycle": "motorcycles need fuel",
    "seeking_help.measures": "part of the setting, which nothing switches off",
    "seeking_help.shelter": "part of the setting, which nothing switches off",
}
"""Levers that act although their mechanism is off, and why they have no value at which they would not."""


def twin_file(folder: str) -> Path:
    return ROOT / "tests" / "oracle" / TWIN_OF.get(folder, f"{folder.partition('/')[2]}.py")


def levers_without_off() -> dict[str, ParameterSpec]:
    return {name: about for name, about in model_levers() if about.off is None}


def test_a_mechanism_has_a_file_of_tests(subtests: pytest.Subtests) -> None:
    for folder in RECORDS:
        with subtests.test(folder=folder):
            name = TESTED_IN.get(folder, "{}/test_{}.py".format(*folder.split("/")))
            file = ROOT / "tests" / "model" / name
            assert file.is_file(), f"write tests/model/{name}"
            if folder in TESTED_IN:
                own = f"model.{folder.replace('/', '.')}"
                assert own in file.read_text(encoding="utf-8"), f"tests/model/{name} imports nothing of {own}"


def test_a_mechanism_has_a_part_of_the_slow_reference_model(subtests: pytest.Subtests) -> None:
    for folder in RECORDS.keys() - COUNTING_ONLY:
        with subtests.test(folder=folder):
            file = twin_file(folder)
            assert file.is_file(), f"write tests/oracle/{file.name} from model/{folder}.md"
            if folder in TWIN_OF:
                name = CALLED_THERE.get(folder, rf"\b{folder.partition('/')[2]}\b")
                told = file.read_text(encoding="utf-8")
                assert re.search(name, told), f"tests/oracle/{file.name} does not name {folder}"


def test_what_has_no_part_of_the_twin_has_no_parameters_and_keeps_counts_alone(subtests: pytest.Subtests) -> None:
    for folder in sorted(COUNTING_ONLY):
        with subtests.test(folder=folder):
            assert RECORDS[folder].group is None
            assert {table.exempt for table in RECORDS[folder].tables} == {COUNTED_MONTHLY}
            assert not twin_file(folder).exists()


def test_a_mechanism_with_parameters_names_rows_of_evidence(subtests: pytest.Subtests) -> None:
    for folder, group in ((folder, record.group) for folder, record in RECORDS.items() if record.group is not None):
        with subtests.test(folder=folder):
            assert bool(group.evidence) != (folder in WITHOUT_EVIDENCE), (
                f"model/{folder}.py: name rows of evidence in {group.__name__}.evidence"
            )


def test_a_lever_has_a_neutral_value_or_a_reason_why_not() -> None:
    excused = {*SILENCED_BY, *WITHOUT_NEUTRAL}
    assert len(excused) == len(SILENCED_BY) + len(WITHOUT_NEUTRAL)
    missing = sorted({*levers_without_off()} - excused)
    files = {name: declared_groups()[name.partition(".")[0]].__module__.replace(".", "/") + ".py" for name in missing}
    assert files == {}, "give these levers an `off` value"
    assert sorted(excused - {*levers_without_off()}) == [], "these levers have a neutral value and need no reason"


def test_what_silences_a_lever_has_a_neutral_value(subtests: pytest.Subtests) -> None:
    for lever in SILENCED_BY:
        with subtests.test(lever=lever):
            specs = declared_groups()[lever.partition(".")[0]].parameter_specs()
            for name in SILENCED_BY[lever]:
                assert specs[name].off == 0.0 or lever.startswith("misconduct."), name
                assert specs[name].off is not None, name


def test_no_table_of_exceptions_names_what_is_not_there() -> None:
    tables = (TESTED_IN, TWIN_OF, CALLED_THERE, dict.fromkeys(COUNTING_ONLY), WITHOUT_EVIDENCE)
    assert [sorted({*table} - {*RECORDS}) for table in tables] == [[]] * len(tables)
    assert [folder for folder, file in TWIN_OF.items() if file == f"{folder.partition('/')[2]}.py"] == []
