//go:build !windows

package pairing

// readGroupPolicy lays nothing down where there is no Group Policy.
func readGroupPolicy() (groupPolicy, error) { return groupPolicy{}, nil }

// programData is for Windows.
func programData(getenv func(string) string) string { return getenv("ProgramData") }
