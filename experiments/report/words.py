"""Standing texts of a report: how to read it, what the model is not for, what it cannot say."""

from experiments.report.both import both

READING = (
    both(
        "Un mundo gemelo es el mismo municipio vivido dos veces con la misma suerte: las mismas"
        " personas, los mismos días,"
        " los mismos azares, y una sola diferencia, la política. Lo que cambia entre gemelos lo hizo la política.",
        "A twin world is the same municipality lived twice with the same luck: same persons, same"
        " days, same chances, and one"
        " single difference, the policy. What differs between twins was made by the policy.",
    ),
    both(
        "«Entre … y …» es un intervalo del 95 % sobre los mundos; ± es el error que queda por haber"
        " corrido pocos mundos."
        " Es la incertidumbre de la suerte dentro del modelo, no la de si el modelo acierta.",
        "“Between … and …” is a 95 % interval over worlds; ± is the error that is left because few"
        " worlds were run. This is"
        " the uncertainty of luck within the model, not of whether the model is right.",
    ),
)
NOT_FOR = (
    both(
        "El modelo no predice personas ni lugares y no justifica operativos contra nadie.",
        "The model predicts neither persons nor places and is no ground for operations against anyone.",
    ),
    both(
        "Los territorios de las clicas son inventados y se sortean de nuevo en cada mundo; no aparecen en ningún mapa.",
        "Territories of cliques are invented and drawn anew in every world; they are on no map.",
    ),
    both(
        "Los homicidios de Totonicapán, dos o tres por año, no permiten afirmar nada sobre una política.",
        "The homicides of Totonicapán, two or three a year, support no statement on a policy.",
    ),
    both(
        "La mano dura puede bajar los homicidios en el corto plazo. Por eso este informe pone siempre a su lado las"
        " detenciones injustas que trae.",
        "A heavy hand may lower homicides in the short run. So this report always sets beside them the wrongful"
        " detentions that it brings.",
    ),
    both(
        "Menos denuncias ante el Estado no son un logro si hay mujeres que quedan sin remedio.",
        "Fewer complaints to the state are no success where women were left without remedy.",
    ),
    both(
        "Las autoridades comunales son instituciones con su propio derecho. El modelo se hizo con"
        " documentos, sin revisión"
        " de los 48 Cantones, a quienes se invita a hacerla, y no dice dónde se puede prescindir del consentimiento.",
        "Communal authorities are institutions with their own law. The model was built from"
        " documents, without review by the"
        " 48 Cantones, which is invited, and does not say where consent may be skipped.",
    ),
    both(
        "Cuánto dura la memoria, cuánto pesa lo malo, cuánto queda para siempre y cuánto cuentan"
        " otros no lo identifica"
        " ningún dato de Guatemala: por eso se barren y, donde deciden, se dice «no se sabe».",
        "How long memory lasts, how much bad news weighs, what stays for good and what hearsay does"
        " is identified by no"
        " Guatemalan datum: so they are swept, and where they decide, “not known” is said.",
    ),
    both(
        "Muchas cantidades son supuestas y así están marcadas; que un número caiga en su orden de"
        " magnitud no lo valida.",
        "Many quantities are assumed and marked so; that a number lies within its order of magnitude"
        " validates nothing.",
    ),
)
COSTS = ("officers", "couple_shifts", "km", "officers_trained", "training_days", "joint_patrols", "army_visits")
PAPER = {
    "villa_canales": {
        "c1": ("aceptable", "acceptable"),
        "c2": ("pasable", "passable"),
        "c3": ("limitado", "limited"),
        "c4": ("el más débil", "the weakest"),
    },
    "totonicapan": {
        "c1": ("aceptable", "acceptable"),
        "c2": ("fuerte", "strong"),
        "c3": ("limitado", "limited"),
        "c4": ("el más débil", "the weakest"),
    },
}
"""What the field study of 2017 and 2018 found (evidence L01 to L05)."""
