// (`var`, because Sphinx declares it so too.) What a search finds: lessons and the glossary before tables and the library.
var Scorer = {
  score: ([docname, , , , score]) => score + (docname.startsWith("course/") ? 20 : docname.startsWith("labs/") ? 10 : 0),
  objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0, // these are Sphinx's own
  title: 15, partialTitle: 7, term: 5, partialTerm: 2,
};
