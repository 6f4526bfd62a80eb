"""The table of what was tried: cases are counted as tests state them, and what is missing is said."""

import xml.etree.ElementTree as ET

import pytest

from experiments.tools.reliability import GROUPS, ROOT, GroupResult, main, result_of, table_of

REPORT = """<testsuites><testsuite time="90.0">
<testcase><properties><property name="cases" value="500"/><property name="failed" value="2"/></properties>
<failure/></testcase><testcase/>
<testcase name="test_towns"><error message="no town&#10;of two"/></testcase><testcase><skipped/></testcase>
</testsuite></testsuites>"""


def test_a_test_that_states_its_cases_counts_as_many():
    one = result_of(ET.fromstring(REPORT))
    assert one == GroupResult(cases=502, failed=3, skipped=1, seconds=90.0, measured=one.measured)


def test_tests_that_failed_are_named_with_their_reason():
    assert result_of(ET.fromstring(REPORT)).measured[1] == "FAILED test_towns: no town"


def test_what_a_test_measured_stands_below_the_table():
    report = '<r><testcase><properties><property name="measured" value="1 tab 2.0 s"/></properties></testcase></r>'
    one = result_of(ET.fromstring(report))
    assert (one.cases, one.measured) == (1, ("1 tab 2.0 s",))
    table = table_of({"page": one})
    assert table.splitlines()[-1] == "  1 tab 2.0 s"
    assert table_of({}, table) == table


def test_of_programs_that_end_the_slowest_is_reported():
    tests = [f'<testcase><properties><property name="ended" value="{s}"/></properties></testcase>' for s in (0.5, 1.25)]
    assert result_of(ET.fromstring(f"<r>{''.join(tests)}</r>")).measured == (
        "ended 1.2 s after their signal at the latest",
    )


def test_every_row_names_files_that_are_there():
    for _, files in GROUPS.values():
        assert all((ROOT / "tests/experiments" / file).is_file() for file in files)
    assert "small towns with their report" in table_of({"towns": GroupResult(1, 0, 0, 1.0)})


def test_a_row_that_is_tried_again_is_replaced_and_the_others_stay():
    before = table_of({"towns": GroupResult(1, 0, 0, 1.0), "inputs": GroupResult(500, 1, 0, 60.0, 81.4)})
    after = table_of({"inputs": GroupResult(20_500, 0, 0, 60.0, 93.6)}, before)
    assert after.splitlines()[3] == before.splitlines()[3]
    assert after.splitlines()[2].split()[-7:-1] == ["20,500", "0", "0", "1.0", "94", "%"]


def test_the_row_of_another_version_of_python_stays():
    other = table_of({"bits": GroupResult(22, 0, 0, 60.0)}).replace("same bits on Python 3.", "same bits on Python 2.")
    rows = table_of({"bits": GroupResult(23, 0, 0, 60.0)}, other).splitlines()[2:]
    assert [row.split()[5] for row in rows] == ["23", "22"]


def test_an_unknown_row_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["kill"])
    assert "did you mean 'kills'" in capsys.readouterr().err
