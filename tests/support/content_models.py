"""Which elements and attributes an XML file may have: small content models, where no schema is at hand.

A model says of an element its children, as a regular expression over their names (each followed by a space), the
attributes that it must have, and those that it may have. An element without children may hold text.
"""

import re
from xml.etree.ElementTree import Element

Model = dict[str, tuple[str, set[str], set[str]]]


def model(children: str = "", must: str = "", may: str = "") -> tuple[str, set[str], set[str]]:
    """One element; in ``children`` names stand as in a DTD: ``(a, b?, (c | d)+)``."""
    names = re.sub(r"\w+", lambda name: f"(?:{name[0]} )", children)
    return re.sub(r"\s*[,|]\s*", lambda sign: "|" if "|" in sign[0] else "", names), set(must.split()), set(may.split())


def faults(element: Element, models: Model, place: str = "") -> list[str]:
    """What is not as the models say, one sentence each."""
    name = element.tag.partition("}")[2] or element.tag
    here = f"{place}/{name}"
    if name not in models:
        return [f"{here} is not known"]
    children, must, may = models[name]
    found = "".join(f"{child.tag.partition('}')[2] or child.tag} " for child in element)
    wrong = [] if re.fullmatch(children, found) else [f"{here} holds {found.strip() or 'nothing'}"]
    wrong += [f"{here} has no {each}" for each in must - set(element.keys())]
    wrong += [f"{here} has {each}" for each in set(element.keys()) - must - may]
    if len(element) and (element.text or "").strip():
        wrong.append(f"{here} has text between elements")
    return wrong + [fault for child in element for fault in faults(child, models, here)]


#: IMS QTI 1.2 (ims_qtiasiv1p2, January 2002), as far as the quiz bank uses it: what the published DTD declares.
QTI: Model = {
    "questestinterop": model("qticomment?, (objectbank | assessment | (section | item)+)"),
    "assessment": model("qtimetadata*, (sectionref | section)+", "ident", "title"),
    "section": model("qtimetadata*, (itemref | item | sectionref | section)*", "ident", "title"),
    "item": model("itemmetadata?, presentation?, resprocessing*, itemfeedback*", "ident", "title maxattempts label"),
    "itemmetadata": model("qtimetadata*"),
    "qtimetadata": model("vocabulary?, qtimetadatafield+"),
    "qtimetadatafield": model("fieldlabel, fieldentry"),
    "fieldlabel": model(),
    "fieldentry": model(),
    "presentation": model("flow | (material | response_lid | response_str | response_num)+", "", "label"),
    "material": model("qticomment?, mattext+", "", "label"),
    "mattext": model("", "", "texttype"),
    "response_lid": model("material?, render_choice, material?", "ident", "rcardinality rtiming"),
    "response_str": model("material?, render_fib, material?", "ident", "rcardinality rtiming"),
    "render_choice": model(
        "(material | response_label | flow_label)*, response_na?", "", "shuffle minnumber maxnumber"
    ),
    "render_fib": model("(material | response_label)*, response_na?", "", "fibtype rows columns maxchars"),
    "response_label": model("(material | flow_mat)*", "ident", "rshuffle"),
    "resprocessing": model("outcomes, (respcondition | itemproc_extension)+", "", "scoremodel"),
    "outcomes": model("(decvar, interpretvar*)+"),
    "decvar": model("", "", "varname vartype defaultval minvalue maxvalue"),
    "respcondition": model("conditionvar, setvar*, displayfeedback*", "", "continue title"),
    "conditionvar": model("(not | and | or | unanswered | other | varequal | varlt | varlte | vargt | vargte)+"),
    "and": model("(not | and | or | other | varequal | varlt | varlte | vargt | vargte)+"),
    "or": model("(not | and | or | other | varequal | varlt | varlte | vargt | vargte)+"),
    "other": model(),
    "varequal": model("", "respident", "case index"),
    "vargte": model("", "respident", "index"),
    "varlte": model("", "respident", "index"),
    "setvar": model("", "", "varname action"),
    "displayfeedback": model("", "linkrefid", "feedbacktype"),
    "itemfeedback": model("((flow_mat | material) | solution | hint)+", "ident", "view title"),
    "flow_mat": model("(flow_mat | material)+", "", "class"),
}

_HEAD = "name, questiontext, generalfeedback, defaultgrade, penalty, hidden, idnumber"
#: Moodle has no schema: these are the elements that its importer reads and its exporter writes.
MOODLE: Model = {
    "quiz": model("question+"),
    "category": model("text"),
    "info": model("text", "format"),
    "name": model("text"),
    "answer": model("text, feedback, tolerance?", "fraction format"),
    "units": model("unit+"),
    "unit": model("multiplier, unit_name"),
    "tags": model("tag+"),
    "tag": model("text"),
}
for each in ("questiontext", "generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
    MOODLE[each] = model("text", "format")
MOODLE["feedback"] = MOODLE["questiontext"]
_TEXTS = """text defaultgrade penalty hidden idnumber single shuffleanswers answernumbering tolerance multiplier
unit_name unitgradingtype unitpenalty showunits unitsleft layouttype selecttype selectcount gradingtype showgrading
numberingstyle shownumcorrect"""
MOODLE |= {each: model() for each in _TEXTS.split()}
#: What a question of each type holds.
MOODLE_QUESTIONS = {
    "category": model("category, info, idnumber", "type"),
    "multichoice": model(f"{_HEAD}, single, shuffleanswers, answernumbering, answer+, tags?", "type"),
    "numerical": model(f"{_HEAD}, answer+, units?, unitgradingtype, unitpenalty, showunits, unitsleft, tags?", "type"),
    "ordering": model(
        f"{_HEAD}, layouttype, selecttype, selectcount, gradingtype, showgrading, numberingstyle, correctfeedback, "
        "partiallycorrectfeedback, incorrectfeedback, shownumcorrect, answer+, tags?",
        "type",
    ),
}
