package sto

// Digest is for the test of the reference's vectors.
var Digest = digest
