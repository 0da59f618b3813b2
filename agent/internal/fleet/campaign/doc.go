// Package campaign is a warehouse on one machine, and everything that happens to it.
//
// Stations are processes of their own, each in a network of its own with a printer
// of its own; PostgreSQL is real and has a standby. While they print, stations are
// killed and frozen, cables are pulled, the server falls, hangs and is replaced by
// its standby. A person goes round and looks at paper: what the fleet leaves to a
// person is decided by what lies in the trays, and by nothing else. In the end each
// label must lie there once.
//
// The tests alone say that this holds. That they would notice if it did not is shown
// by the same warehouse with one rule taken out.
package campaign
