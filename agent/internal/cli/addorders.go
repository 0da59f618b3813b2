package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// mostOrders is the largest file of orders that is read, in bytes.
const mostOrders = 64 << 20

func (c *command) addOrders() *cobra.Command {
	return &cobra.Command{
		Use: "add FILE.json", Short: "Hand in orders that come from elsewhere; - reads standard input", Args: cobra.ExactArgs(1),
		Long: "Hand in one order, or a list of any length, as JSON. Each order is said on a line of its own: new, the same as\n" +
			"before, in place of the one before, or what must be put right. The same file may be handed in again: what was\n" +
			"taken is the same order. The exit status is 1 if an order was refused.\n\n" +
			"    {\"id\": \"A-1001\", \"receiver\": {\"name\": \"演示\", \"phone\": \"13800001001\",\n" +
			"     \"address\": \"浙江省杭州市西湖区演示路1号\"}, \"items\": [{\"name\": \"茶\", \"quantity\": 2}]}",
		RunE: func(cmd *cobra.Command, args []string) error {
			orders, err := c.readOrders(args[0])
			if err != nil {
				return err
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			added, err := agent.AddOrders(cmd.Context(), orders)
			if len(added) > 0 || err == nil {
				if said := c.tellAdded(added); err == nil {
					err = said
				}
			}
			return err
		},
	}
}

func (c *command) readOrders(name string) ([]byte, error) {
	in := c.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, notice.New("file-not-found", err, name)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, mostOrders+1))
	switch {
	case err != nil:
		return nil, notice.New("file-not-found", err, name)
	case len(b) > mostOrders:
		return nil, notice.New("orders-file-large", nil, name)
	}
	return b, nil
}

func (c *command) tellAdded(added []api.Added) error {
	bad := false
	for _, a := range added {
		bad = bad || !a.OK()
	}
	if c.json {
		if err := c.printJSON(added); err != nil {
			return err
		}
	} else {
		for _, a := range added {
			fmt.Fprintln(c.Out, addedLine(a))
		}
	}
	if bad {
		return errSaid
	}
	return nil
}

// addedLine is one order's line: its number or place in the list, the verdict,
// how it stands, and what somebody should read.
func addedLine(a api.Added) string {
	name := a.Order
	if name == "" {
		name = "#" + strconv.Itoa(a.Index+1)
	}
	words := []string{name, string(a.Verdict)}
	if a.State != "" && a.Verdict != api.NotTaken {
		words = append(words, string(a.State))
	}
	for _, w := range a.Wrong {
		words = append(words, w.Message)
	}
	if a.Refusal != nil {
		words = append(words, a.Refusal.Message)
	}
	return strings.Join(words, " ")
}
