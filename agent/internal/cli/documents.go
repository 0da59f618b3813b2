package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"miandan/agent/internal/notice"
)

func (c *command) documents() *cobra.Command {
	return family(&cobra.Command{Use: "documents", Short: "Labels that another platform has sealed"},
		&cobra.Command{
			Use: "add FILE.json", Short: "Hand in a sealed label; the platform's component on this computer prints it", Args: cobra.ExactArgs(1),
			Long: "Hand in a label that Cainiao, Pinduoduo, Douyin, Kuaishou or Xiaohongshu has sealed, in the form that the\n" +
				"interface describes (documents); - reads it from standard input. The same file again is the same label.",
			RunE: func(cmd *cobra.Command, args []string) error {
				document, err := c.wholeFile(args[0])
				if err != nil {
					return err
				}
				agent, err := c.agent()
				if err != nil {
					return err
				}
				taken, err := agent.AddDocument(cmd.Context(), document)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(taken)
				}
				fmt.Fprintln(c.Out, taken.Verdict, taken.Key, taken.Waybill, taken.State)
				if taken.Refusal != nil {
					fmt.Fprintln(c.Err, taken.Refusal.Message)
				}
				return nil
			},
		})
}

// mostDocument is more than the agent takes: it says so itself.
const mostDocument = 1 << 20

// wholeFile reads a document; - is standard input.
func (c *command) wholeFile(name string) ([]byte, error) {
	in := c.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, notice.New("file-not-found", err, name)
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, mostDocument))
}
