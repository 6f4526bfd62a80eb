"""The officers' side of trust (ODD: officers)."""

from typing import TYPE_CHECKING

from oracle.absence import notice_absence
from oracle.adoption import renew_positions
from oracle.capture import be_bought
from oracle.crime import CROWD, GANG, KILLING
from oracle.misconduct import come_out, note_customs
from oracle.practices import tone_of_practice

if TYPE_CHECKING:
    from oracle.police import Officer
    from oracle.town import PlainTown

NIGHT = 2


def brief_officers(town: "PlainTown") -> None:
    """What training, language, faith and stress add to the tone of each officer in this shift."""
    contacts, adoption, p = town.numbers("contacts"), town.numbers("adoption"), town.numbers("officers")
    for one in town.officers:
        one.tone = (
            contacts.training * adoption.link_treatment * one.skill
            + tone_of_practice(one)
            + contacts.language * contacts.spoken * one.kiche
            + p.faith_tone * one.faith
            - p.stress_tone * one.stress
        )


def count_experiences(town: "PlainTown") -> None:
    """Note what officers on duty live through; what reinforcements do moves nobody."""
    for response in town.responses:
        for one in response.couple.crew:
            one.n_calls += 1
    for meeting in town.meetings:
        if meeting.at_table:
            continue
        facility = town.facilities[town.authorities[meeting.authority].cell.facility]
        next(one for one in town.officers if one.facility is facility).n_meetings += 1
    violent = [incident for incident in town.incidents if incident.kind == KILLING or incident.motive in (GANG, CROWD)]
    for couple in town.couples_on_duty():
        near = sum(incident.cell.facility == couple.facility.number for incident in violent)
        for one in couple.crew:
            one.n_attacks += near
            one.n_nights += town.shift == NIGHT


def renew_officers(town: "PlainTown") -> None:
    """Close the month: states, customs, who is bought, then who learns, leaves and comes."""
    for one in town.officers:
        settle_states(one)
    note_customs(town)
    come_out(town)
    notice_absence(town)
    be_bought(town)
    renew_positions(town)


def settle_states(one: "Officer") -> None:
    """Move an officer's states by the month's duty."""
    p = one.model.numbers("officers")
    left = 2.0 ** (-1.0 / p.months)

    def after(state: float, push: float) -> float:
        return float(min(2.0, max(-2.0, state * left + push)))

    by_meetings, by_attacks = p.meeting * one.n_meetings, p.attack * one.n_attacks
    one.faith = after(one.faith, p.warmth * one.warmth + by_meetings)
    one.motivation = after(one.motivation, p.friendly * one.n_friendly)
    one.safety = after(one.safety, by_meetings - by_attacks)
    one.stress = after(one.stress, by_attacks + p.load * one.n_calls + p.night * one.n_nights)
    one.begin_month()
