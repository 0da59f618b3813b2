package cli

import (
	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/tray"
)

// tray shows the tray alone, in a session of a PC whose agent is another process.
// It waits for the agent if it does not run yet.
func (c *command) tray() *cobra.Command {
	return &cobra.Command{
		Use: "tray", Short: "Show the tray of an agent that runs as a service", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := host.SocketPath(c.data)
			if err != nil {
				return err
			}
			return tray.Run(cmd.Context(), api.Local(path, c.language), tray.Options{
				Open: openBrowser, Quit: func() {}, Beside: true, Language: c.language,
			})
		},
	}
}
