// Command miandan prints e-waybills: it reads orders from JD or another
// platform, takes waybill numbers, and puts each label on paper exactly once.
//
// Everything is in internal; this file only hands the arguments over.
package main

import (
	"os"

	"miandan/agent/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.System())) }
