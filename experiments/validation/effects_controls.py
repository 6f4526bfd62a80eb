"""Virtual experiments on experiments: luck exchanged, one fact of a site at a time, policies that change nothing."""

from collections.abc import Iterator

from experiments.validation import readers as r
from experiments.validation.effects_lines import THREE, alone, change, crime, nothing
from experiments.validation.experiment import BASE, EXCHANGED, Experiment, ExperimentLine, Read, Unit
from scenarios import load, policies

RENAMED_AS = {name: f"{name}_by_another_name" for name in policies() if name != BASE}


def own_and_exchanged(name: str, en: str, es: str, unit: Unit, reads: tuple[Read, Read]) -> Iterator[ExperimentLine]:
    """Yield what a world does beside its own twin and beside the status quo of another."""
    yield ExperimentLine(name, f"{en}, its own twin", f"{es}, su propio gemelo", unit, reads[0])
    note = "over all twins the mean is about the same by arithmetic; the interval is what shared luck saves"
    yield ExperimentLine(f"{name}_exchanged", f"{en}, another twin", f"{es}, otro gemelo", unit, reads[1], note=note)


LUCK = Experiment(
    "luck",
    "Seeds of luck exchanged: worlds beside the status quo of another twin",
    "Semillas de la suerte cambiadas: mundos junto a la situación actual de otro gemelo",
    "nothing published; what is found must not hang on the luck that twins share",
    worlds=alone("couples_double", "mopsic_full"),
    years=3,
    weak=False,
    lines=(
        *own_and_exchanged(
            "crime",
            "crime, couples x 2",
            "delito, parejas x 2",
            "%",
            (r.change("couples_double", r.ALL, THREE), r.change("couples_double", r.ALL, THREE, EXCHANGED)),
        ),
        *own_and_exchanged(
            "trust",
            "trust, third year, MOPSIC in full",
            "confianza, tercer año, MOPSIC completo",
            "points",
            (
                r.points("mopsic_full", "trust_mean", (24, 36)),
                r.points("mopsic_full", "trust_mean", (24, 36), EXCHANGED),
            ),
        ),
        crime(EXCHANGED, "crime, status quo beside another", "delito, situación actual junto a otra"),
    ),
)


def facts(site: str, *groups: str) -> tuple[str, ...]:
    """Return the site facts in some groups of parameters, as settings."""
    scenario = load(site)
    return tuple(
        f"{group}.{name}={getattr(scenario[group], name)!r}"
        for group in groups
        for name, about in scenario[group].parameter_specs().items()
        if about.role == "site"
    )


def police(site: str, other: str) -> tuple[str, ...]:
    """Return the settings with which a site has as many couples and vehicles a head as another."""

    def heads(name: str) -> tuple[float, float]:
        plant, residents = load(name).facilities, load(name)["population"].total
        return sum(one.officers for one in plant) / residents, sum(one.vehicles for one in plant) / residents

    here, there = heads(site), heads(other)
    return f"roster.couples={there[0] / here[0]:.3f}", f"resources.vehicles={there[1] / here[1]:.3f}"


SWAPPED = {
    "police": ("police per head", "policía por habitante"),
    "gangs": ("gangs", "clicas"),
    "authority": ("communal authority", "autoridad comunal"),
    "contacts": ("contacts", "contactos"),
}


def swapped(site: str, other: str) -> Experiment:
    """Return the experiment in which a site takes over one fact of the other at a time."""
    here, there = (load(one).title["en"] for one in (site, other))
    return Experiment(
        f"swapped_{site}",
        f"{here} with one fact of {there} at a time",
        f"{here} con un dato de {there} a la vez",
        "nothing published; facts are as in the other's file, from before the warm-up on",
        site=site,
        worlds={
            "police": police(site, other),
            "gangs": facts(other, "gangs"),
            "authority": facts(other, "communal_authority", "boards"),
            "contacts": facts(other, "contacts"),
        },
        years=3,
        weak=False,  # a corner of both would cost as much as that of all others together
        lines=tuple(line for world, words in SWAPPED.items() for line in by_fact(world, *words)),
    )


def by_fact(world: str, en: str, es: str) -> Iterator[ExperimentLine]:
    """Yield crime, what is told of it and trust where one fact is another."""
    yield crime(world, f"crime, {en}", f"delito, {es}")
    told, reported = f"crimes told, {en}", f"delitos reportados, {es}"
    yield change(f"told_{world}", told, reported, world, ("crimes_told",))
    read = r.points(world, "trust_mean", (24, 36))
    yield ExperimentLine(f"trust_{world}", f"trust, third year, {en}", f"confianza, tercer año, {es}", "points", read)


PLACEBO = Experiment(
    "placebo",
    "A policy that changes nothing",
    "Una política que no cambia nada",
    "no measure and no month may differ",
    worlds=alone("placebo", "reporting_support"),
    years=3,
    weak=False,
    lines=(nothing("placebo", "largest difference", "mayor diferencia", {BASE: "placebo"}, "reporting_support"),),
)
RENAMED = Experiment(
    "renamed",
    "Every policy under another name",
    "Cada política con otro nombre",
    "no measure and no month may differ",
    worlds=alone(*RENAMED_AS, *RENAMED_AS.values()),
    years=0.5,
    weak=False,
    lines=(nothing("renamed", "largest difference", "mayor diferencia", RENAMED_AS, RENAMED_AS["reporting_support"]),),
)
