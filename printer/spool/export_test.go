package spool

// Everywhere starts another author's IPP printer, which announces itself.
var Everywhere = everywhere
