package app

import "miandan/agent/internal/api"

// Operator is what the local interface asks for the staff.
func (a *App) Operator() api.Operator { return &station{a} }

// Desk is what the local interface asks for a packer.
func (a *App) Desk() api.Desk { return &desk{station: &station{a}} }
