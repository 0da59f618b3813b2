package cli

// release is the version of what an installer brought; installer/build writes it.
var release string
