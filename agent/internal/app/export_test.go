package app

import "miandan/agent/internal/api"

// Operator is what the local interface asks for the staff.
func (a *App) Operator() api.Operator { return &station{a} }
