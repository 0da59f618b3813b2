// Package worked tells how much of the computer's cores a process has had.
//
// What something costs is measured by that where others are at work on the same
// computer: the time on the wall says more about them.
package worked
