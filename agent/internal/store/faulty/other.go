//go:build !(linux && (amd64 || arm64))

package faulty

// Install returns ErrUnsupported.
func Install(Config) (*Disk, error) { return nil, ErrUnsupported }

// Uninstall does nothing.
func (d *Disk) Uninstall() {}
