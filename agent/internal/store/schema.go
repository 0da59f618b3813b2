package store

import _ "embed"

// The schema, a file for each thing that is kept.
var (
	//go:embed schema/orders.sql
	orders string
	//go:embed schema/labels.sql
	labels string
	//go:embed schema/waves.sql
	waves string
	//go:embed schema/tally.sql
	tally string
	//go:embed schema/audit.sql
	audit string
	//go:embed schema/fleet.sql
	fleet string
)

// migrations bring a database from one schema to the next; their number is the
// schema's. One that has been released is never edited.
var migrations = []string{orders + labels + waves + tally + audit + fleet}
