package cli

import (
	"github.com/spf13/cobra"

	"miandan/templates/pdfin"
)

// internalPDF is the child process in which foreign documents are read. It is
// no part of the contract: only the program itself calls it.
func (c *command) internalPDF() *cobra.Command {
	return &cobra.Command{
		Use: pdfin.Command, Hidden: true, Args: cobra.NoArgs,
		// It has no environment, so there is no data folder to be found.
		PersistentPreRunE: func(*cobra.Command, []string) error {
			c.understood = true
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if pdfin.Serve(c.In, c.Out) != 0 {
				return errSaid
			}
			return nil
		},
	}
}
