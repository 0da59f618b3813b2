package host

// NoCore does nothing: Windows keeps the memory of a crashed process only where
// an administrator has set up LocalDumps.
func NoCore() error { return nil }

// OwnFiles does nothing: on Windows a file has the rights of its folder.
func OwnFiles() {}
