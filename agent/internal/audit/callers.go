package audit

// Words of records about who may call.
const (
	RoleTaken   = "role-taken"   // a page was unlocked with a PIN
	RoleRefused = "role-refused" // a PIN was wrong
	RoleLeft    = "role-left"    // a page was locked again
	Blocked     = "blocked"      // a page may not call

	CallerAllowed = "caller-allowed" // a page may print another lot within the hour
)
