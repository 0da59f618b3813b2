//go:build !windows

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "miandanw is for Windows; here start miandan itself")
	os.Exit(1)
}
