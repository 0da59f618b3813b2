package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (c *command) page() *cobra.Command {
	var open bool
	cmd := &cobra.Command{
		Use: "page", Short: "Print a link that opens the page once, within half a minute", Args: cobra.NoArgs,
		Long: "Print a link that opens the page once, within half a minute, and the code that the page asks for where\n" +
			"its address was typed. With --open the browser is opened at once.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, err := c.agent()
			if err != nil {
				return err
			}
			link, err := agent.Link(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(link)
			}
			if open {
				openBrowser(link.URL)
				return nil
			}
			_, err = fmt.Fprintf(c.Out, "%s\n%s  (%d s)\n", link.URL, link.Code, int(time.Until(link.Until).Round(time.Second)/time.Second))
			return err
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "open it in the browser")
	return cmd
}
