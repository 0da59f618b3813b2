// Package host is what the agent needs of the computer it runs on: its data
// folder, the lock that keeps a second agent out of it, free space, the way
// from the command line to the running agent, and writes that survive a power
// cut.
//
// Two agents on one data folder would print every label twice. The lock
// is therefore the system's own, which lets go when the process dies however
// it dies; a file with a process number in it, left behind by a kill, would
// keep the station from starting.
package host
