package fleettest

import (
	"errors"
	"os/exec"
)

// On Windows there is no such server for tests: bin finds none and skips.
func unprivileged(*exec.Cmd)                     {}
func startWithUs(*exec.Cmd, chan struct{}) error { return errors.ErrUnsupported }
func (s *Server) stop(Mode) bool                 { return true }

// Pause does nothing here.
func (s *Server) Pause() {}

// Resume does nothing here.
func (s *Server) Resume() {}
