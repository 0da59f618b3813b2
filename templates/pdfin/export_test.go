package pdfin

// Confine gives up this process's rights for ever.
var Confine = confine
