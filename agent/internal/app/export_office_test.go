package app

import "miandan/agent/internal/api"

// Upkeep, Drafts and Jobs are what the local interface asks for the back office.
func (a *App) Upkeep() api.Upkeep { return a.upkeep() }

func (a *App) Drafts() api.Drafts { return a.drafts() }

func (a *App) Jobs() api.Jobs { return jobs{&desk{station: &station{App: a}}} }
