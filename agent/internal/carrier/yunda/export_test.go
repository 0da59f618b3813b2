package yunda

// Sign is for the test of the reference's vectors.
var Sign = sign
