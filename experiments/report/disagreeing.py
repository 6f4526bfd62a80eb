"""Sentences on four records of crime that disagree, and on conclusions from one of them alone."""

from experiments.narrative.findings import capital, finding, finding_text
from experiments.narrative.labels import CRIME_RECORDS
from experiments.narrative.messages import message
from experiments.narrative.report_reading import ArmReading, Site
from experiments.words.bilingual import BilingualText, join_texts

OFFICIAL_RECORDS = CRIME_RECORDS[2:]


def records(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return the changes of the four records under one policy, and the conclusions from official ones alone."""
    found = [finding(site, arm, name, laws=False) for name in CRIME_RECORDS]
    verdicts = {one.measure: one.verdict.removesuffix("_little") if one.settled else "open" for one in found}
    if set(verdicts.values()) == {"open"}:
        return [message("records.none")]
    parts = [finding_text(one, "record", record=message(f"records.{one.measure}")) for one in found]
    stated = capital(join_texts(parts, "; "))
    if len(set(verdicts.values())) == 1:
        return [message("records.alike", stated=stated)]
    return [message("records.stated", stated=stated), *misleading_records(verdicts)]


def misleading_records(verdicts: dict[str, str]) -> list[BilingualText]:
    """Return sentences on the official statistics whose verdict differs from that on crimes that happened."""
    truth = verdicts["crimes_occurred"]
    wrong: dict[str, list[BilingualText]] = {}
    for name in OFFICIAL_RECORDS:
        if verdicts[name] != truth:
            wrong.setdefault(verdicts[name], []).append(message(f"records.{name}"))
    return [
        message(
            "records.misled",
            seen=join_texts(seen, " o ", " or "),
            conclusion=message(f"conclusion.{verdict}"),
            truth=message(f"truth.{truth}"),
        )
        for verdict, seen in wrong.items()
    ] or [message("records.followed")]
