package fleet

// Words is the code as it is read out to whoever sets the station up.
func (c Code) Words() string { return c.Reveal() }
