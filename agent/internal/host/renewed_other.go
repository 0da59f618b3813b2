//go:build !linux

package host

import "errors"

// Renewed reports whether an update has put a new version in this one's place. The
// installers of other systems end what runs and start it again.
func Renewed() bool { return false }

// Become is not needed where Renewed is never true.
func Become([]string) error { return errors.ErrUnsupported }
