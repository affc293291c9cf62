"""What a text names, in three languages: objectives, roundtables, documents; and what only looks like one."""

import pytest

from consultation.documents import document_address, find_documents
from consultation.recognition import find_objectives, find_roundtables, recognise

OBJECTIVES = [
    ("Objectives 3, 7 and 17 belong together.", [(3, 7, 17)]),
    ("Objective 1: collect data.", [(1,)]),
    ("full inclusion (Obj. 16), migrants", [(16,)]),
    ("We answer on objectives 3-5.", [(3, 4, 5)]),
    ("Objectives 3 to 5, and objective 9 (see above)", [(3, 4, 5, 9)]),
    ("GCM Objective 23", [(23,)]),
    ("GCM 23 asks for cooperation", [(23,)]),
    ("On objectives #7 and #9", [(7, 9)]),
    ("objectives 3,7,17", [(3, 7, 17)]),
    ("Objectives 15, 16, and 22", [(15, 16, 22)]),
    ("Objectives 15 (basic services), 16 (inclusion) and 22", [(15, 16, 22)]),
    ("Objectives under review: 4, 8, 9 and 21", [(4, 8, 9, 21)]),
    ("objectives of the GCM 15 and 16", [(15, 16)]),
    ("the objectives (3, 7)", [(3, 7)]),
    ("**Objectives 5 and 6** and **objective** 8", [(5, 6, 8)]),
    ("Objective\u00a07 and objectives 15\nand 16", [(7, 15, 16)]),
    ("Under objective 7, 12 were helped.", [(7,)]),
    ("objective 16, on 3 May 2022", [(16,)]),
    ("objective 7(a)", [(7,)]),
    ("Objective 7 states that people may move; objective 8 may help, 3 May", [(7,), (8,)]),
    ("Les objectifs 8 et 9 :", [(8, 9)]),
    ("L’objectif 8 parle d’efforts coordonnés.", [(8,)]),
    ("l'objectif n° 4, et les objectifs nos 11 ainsi que 13", [(4, 11, 13)]),
    ("Objectif 14 : protection consulaire", [(14,)]),
    ("les objectifs 2 à 5 du Pacte mondial", [(2, 3, 4, 5)]),
    ("objectifs du Pacte mondial (15 et 16)", [(15, 16)]),
    ("El objetivo 1 y el objetivo 4", [(1, 4)]),
    ("cohesión social (objetivo 16)", [(16,)]),
    ("los objetivos 7 u 8, y los objetivos 13 e 11", [(7, 8, 11, 13)]),
    ("Objetivo núm. 4 y objetivo número 20", [(4, 20)]),
    ("del objetivo 2 al 5", [(2, 3, 4, 5)]),
    ("los objetivos del 4 al 6", [(4, 5, 6)]),
    ("objectives from 8 to 9", [(8, 9)]),
    ("el objetivo n.º 10, el objetivo 19 (diáspora), el 20 (remesas)", [(10, 19, 20)]),
]
IN_WORDS = [
    ("Objective five calls for pathways, and GCM objective twenty-three for all of us", [(5,), (23,)]),
    ("objectives three, seven and seventeen. Objectives Fifteen to Seventeen.", [(3, 7, 17), (15, 16, 17)]),
    ("We believe Objective Nineteen deserves a report; objective twenty three says", [(19,), (23,)]),
    ("under objective number nine, and Objective no. one.", [(1, 9)]),
    ("the objective five, objective two, three and seven", [(2, 3, 5, 7)]),
    ("l’objectif cinq, l’objectif numéro huit et l’objectif dix-sept", [(5, 8, 17)]),
    ("les objectifs vingt et un et vingt-deux, conforme aux objectifs un à trois du Pacte", [(21, 22), (1, 2, 3)]),
    ("Objectif onze : gérer", [(11,)]),
    ("el objetivo cinco pide; el objetivo once; del objetivo veintitrés", [(5,), (11,), (23,)]),
    ("los objetivos siete u ocho, los objetivos quince, dieciséis y veintidós", [(7, 8, 15, 16, 22)]),
    ("the first objective; the 7th objective asks", [(1,), (7,)]),
    ("the first and third objectives, the seventh, eighth and ninth objectives", [(1, 3), (7, 8, 9)]),
    ("The Compact’s first objective is data; the second GCM objective is", [(1,), (2,)]),
    ("the fourth objective of the Global Compact is about identity", [(4,)]),
    ("le premier objectif demande, le 7e objectif, au titre du vingt et unième objectif", [(1,), (7,), (21,)]),
    ("Les premier et troisième objectifs ; le second objectif", [(1, 3), (2,)]),
    ("el primer objetivo, el 8.º objetivo, según el vigésimo primer objetivo del Pacto Mundial", [(1,), (8,), (21,)]),
]
NOT_IN_WORDS = [
    "an objective one can share; our objectives one by one; with the objective nine families named",
    "the objective once achieved; the objective seize the day; objective-one; objectives two-fold",
    "Our objective six months from now; one objective three times; we met ten objectives in twenty years",
    "objective five hundred; objective twenty-four; objectif deux cents places ; objetivo dos mil",
    "objectives seven organisations share; the objective two of our members named was safety",
    "Objectives: one, to listen; two, to act. objetivos: uno, escuchar; dos, actuar",
    "un objectif neuf. Objectif dix ans sans mort en mer ; objectif sept familles logées ; l’objectif deux degrés",
    "nuestro objetivo dos veces; un objetivo uno y trino; objetivo de los dos países",
    "Our first objective is to listen. The second objective was to reach women. The first objective: data",
    "Our project has two objectives. The first objective failed.",
    "the third objective of our work; Le second objectif de l’association ; El segundo objetivo de nuestra red",
    "SDG objective eight; the eighth objective of the 2030 Agenda; primer objetivo de desarrollo del milenio",
    "the third objective of the Global Compact on Refugees; objective 7 to 12 months; the 24th objective",
    "a first objective; Le premier objectif est d’écouter ; El primer objetivo es escuchar; first objective",
]
NO_OBJECTIVES = [
    "Goal 8 and SDG 8.7",
    "objective 8.7 is a target",
    "SDG objective 8",
    "objective 10 of the 2030 Agenda",
    "objective 3 of the Global Compact on Refugees",
    "specific objective 2 of our work",
    "objective 4 of the project",
    "objective 2030",
    "our objectives: 5 new centres; three objectives: 1) data, 2) pathways",
    "un objectif de 12 places ; el objetivo del 5 de mayo",
    "Objectives:\n1. First, listen.\n2. Then act.",
    "objectives 1 to 23 of the Compact",
    "objective 24, objective 0 and our 7th objective",
    "object 3; paragraph 7; question 3; in 2018",
    "Objectif de développement durable 8",
    "ODD 8, cible 8.7 ; l’objectif 8 des ODD",
    "l’objectif 3 du Pacte mondial sur les réfugiés",
    "objectif 20 % ; un objectif : 20 000 logements ; objectif 20 000",
    "ODS 10 y objetivo 10 de los ODS",
    "el objetivo 8 de desarrollo sostenible",
    "objetivo 3 del Pacto Mundial sobre los Refugiados",
    "Objetivo de Desarrollo Sostenible 10",
]
ROUNDTABLES = [
    ("Roundtable 3 should hear this", [(3,)]),
    ("Round tables 2 and 3; round-table 4", [(2, 3), (4,)]),
    ("RT3 and RT 4", [(3,), (4,)]),
    ("la table ronde 3 et les tables rondes 1 et 2", [(3,), (1, 2)]),
    ("la mesa redonda 3; mesas redondas 1 a 3", [(3,), (1, 2, 3)]),
    ("Roundtable 2022, table ronde\n\n1. Début, 3 roundtables, art 3", []),
]
DOCUMENTS = [
    ("(UN Doc. No. A/HRC/44/42), laws", [("A/HRC/44/42", "")]),
    ("A/RES/73/195, para. 16, and E/CN.4/2005/85/Add.1.", [("A/RES/73/195", "16"), ("E/CN.4/2005/85/Add.1", "")]),
    ("CEDAW/C/GC/26 and HRI/GEN/1/Rev.9", [("CEDAW/C/GC/26", ""), ("HRI/GEN/1/Rev.9", "")]),
    ("CMW/C/GC/3-CRC/C/GC/22", [("CMW/C/GC/3-CRC/C/GC/22", "")]),
    ("S/RES/2240 (2015); A/HRC/41/38 (2019)", [("S/RES/2240 (2015)", ""), ("A/HRC/41/38", "")]),
    ("A/73/12 (Part II), A/72/643/Corr.1", [("A/73/12", ""), ("A/72/643/Corr.1", "")]),
    ("a/hrc/44/42/add.1", [("A/HRC/44/42/Add.1", "")]),
    ("https://undocs.org/en/A/HRC/35/25", [("A/HRC/35/25", "")]),
    ("“…” (GCM, para. 32) if", [("A/RES/73/195", "32")]),
    ("GCM paras. 16 and 32–34", [("A/RES/73/195", "16, 32–34")]),
    ("Global Compact for Safe, Orderly and Regular Migration (paragraph 16)", [("A/RES/73/195", "16")]),
    ("paragraph 23 (c) of the Compact", [("A/RES/73/195", "23 (c)")]),
    ("Pacte mondial, par. 32 ; le paragraphe 15 du Pacte", [("A/RES/73/195", "32"), ("A/RES/73/195", "15")]),
    ("Pacto Mundial, párr. 32; el párrafo 15 del Pacto Mundial", [("A/RES/73/195", "32"), ("A/RES/73/195", "15")]),
    ("General Assembly resolution 73/195", [("A/RES/73/195", "")]),
    ("la résolution 35/17 du Conseil des droits de l’homme", [("A/HRC/RES/35/17", "")]),
    ("la resolución 2240 (2015) del Consejo de Seguridad", [("S/RES/2240 (2015)", "")]),
    ("A/B testing, and/or 3, TCP/IP 3, S/N 12/34, 24/7, A/4, CAT/5 scanner", []),
    ("https://example.org/A/HRC/35/25 and me@A/HRC/1/2", []),
    ("Global Compact on Refugees, para. 32; GCM, para. 320; resolution 35/17", []),
    ("El Pacto Mundial para 12 millones de personas", []),
]


@pytest.mark.parametrize(("text", "expected"), OBJECTIVES + IN_WORDS)
def test_objectives_are_found_however_people_name_them(text, expected):
    assert [found.numbers for found in find_objectives(text)] == expected


@pytest.mark.parametrize("text", NO_OBJECTIVES + NOT_IN_WORDS)
def test_other_goals_and_other_numbers_are_no_objectives(text):
    assert list(find_objectives(text)) == []


@pytest.mark.parametrize(("text", "expected"), ROUNDTABLES)
def test_roundtables_are_found_by_number(text, expected):
    assert [found.numbers for found in find_roundtables(text)] == expected


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_documents_are_found_by_symbol_and_paragraph(text, expected):
    assert [(found.symbol, found.paragraph) for found in find_documents(text)] == expected


def test_each_find_knows_its_place_in_the_text():
    text = "¡Años! El objetivo 7 (A/HRC/44/42) y la mesa redonda 3: PMM, párr. 32."
    found = [*find_objectives(text), *find_documents(text), *find_roundtables(text)]

    assert [text[one.start : one.end] for one in found] == [
        "objetivo 7",
        "A/HRC/44/42",
        "PMM, párr. 32",
        "mesa redonda 3",
    ]


def test_what_a_text_names_is_told_once():
    text = "Objectives 9 and 8, objective 8; RT 3, Roundtable 3; A/HRC/44/42, A/HRC/44/42 and A/HRC/44/42, para. 3"

    assert recognise(text) == ((8, 9), (3,), (("A/HRC/44/42", ""), ("A/HRC/44/42", "3")))


def test_a_document_is_found_at_one_address_in_all_languages():
    assert document_address("S/RES/2240 (2015)") == "https://undocs.org/S/RES/2240(2015)"
