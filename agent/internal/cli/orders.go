package cli

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

func (c *command) orders() *cobra.Command {
	return family(&cobra.Command{Use: "orders", Short: "The orders: which must ship next, whom one goes to, a list of them, more of them"},
		&cobra.Command{
			Use: "list", Short: "List the orders that have not shipped, the most urgent first", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				agent, err := c.agent()
				if err != nil {
					return err
				}
				rows, err := agent.Orders(cmd.Context())
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(rows)
				}
				return c.listOrders(rows)
			},
		},
		&cobra.Command{
			Use: "reveal ORDER", Short: "Show whom an order goes to, with its virtual number; it goes into the record", Args: cobra.ExactArgs(1),
			Long: "Show name and address of an order's receiver and the virtual number, which the platform is asked for anew.\n" +
				"The real number is never shown. Each call goes into the record with who asked.",
			RunE: func(cmd *cobra.Command, args []string) error {
				agent, err := c.agent()
				if err != nil {
					return err
				}
				r, err := agent.Reveal(cmd.Context(), api.Reveal{Order: args[0], Who: who()})
				if err != nil {
					return err
				}
				return c.showReceiver(r)
			},
		},
		c.addOrders(), c.export())
}

// listOrders prints a line for each order and under it the sentences that
// somebody should read.
func (c *command) listOrders(rows []api.Row) error {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LEFT\tORDER\tSTATE\tCARRIER\tWAYBILL\tPHONE\tRECEIVER")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s %s\n", left(r), r.Order, r.State, r.Carrier, r.Waybill, r.Phone, r.Receiver, r.Address)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	lines := strings.SplitAfter(table.String(), "\n")
	fmt.Fprint(c.Out, lines[0])
	for i, r := range rows {
		fmt.Fprint(c.Out, lines[i+1])
		for _, s := range sentences(r, c.language) {
			fmt.Fprintln(c.Out, "  "+s)
		}
	}
	return nil
}

// left is what is left until the deadline, in hours and minutes.
func left(r api.Row) string {
	if r.Deadline.IsZero() {
		return "-"
	}
	return strings.TrimSuffix((time.Duration(r.Left) * time.Second).Truncate(time.Minute).String(), "0s")
}

func sentences(r api.Row, l notice.Language) []string {
	var list []string
	if r.Lateness != nil {
		list = append(list, r.Lateness.Message)
	}
	if r.Refusal != nil {
		list = append(list, r.Refusal.Message+helps(r.Refusal.Action, l))
	}
	for _, caution := range r.Cautions {
		list = append(list, caution.Message)
	}
	return list
}

// helps says in brackets what helps against a refusal.
func helps(a api.Action, l notice.Language) string {
	word, ok := map[api.Action][2]string{
		api.Retry: {"tried again by itself", "自动重试"},
		api.Wait:  {"goes on by itself later", "稍后自动继续"},
		api.Ask:   {"a person must decide", "需人工处理"},
		api.Fix:   {"change the settings", "需修改设置"},
	}[a]
	if !ok {
		return ""
	}
	if l == notice.Chinese {
		return "（" + word[l] + "）"
	}
	return " (" + word[l] + ")"
}

// showReceiver prints what a click shows. Without a number to show it fails:
// whoever asks wants to reach somebody.
func (c *command) showReceiver(r api.Revealed) error {
	if c.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "name\t%s\n", r.Name)
		fmt.Fprintf(w, "address\t%s\n", r.Address)
		if r.Call != nil {
			fmt.Fprintf(w, "call\t%s\n\t%s\n", r.Dial, r.Call.Tel)
			fmt.Fprintf(w, "text\t%s\n\t%s\n\t%s\n", r.Text, r.Call.SMSBegin, r.Call.SMS)
		}
		if !r.Until.IsZero() {
			fmt.Fprintf(w, "until\t%s\n", r.Until.Local().Format("2006-01-02 15:04"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if r.Lives != "" {
			fmt.Fprintln(c.Out, r.Lives)
		}
	}
	if r.Refusal != nil {
		fmt.Fprintln(c.Err, r.Refusal.Message)
		return errSaid
	}
	return nil
}

func (c *command) export() *cobra.Command {
	var form, format, out string
	var days int
	cmd := &cobra.Command{
		Use: "export --form none|masked|virtual -o FILE.csv|.xlsx", Short: "Write a list of orders; it goes into the record", Args: cobra.NoArgs,
		Long: "Write the orders into a file that spreadsheets open: without receivers, with masked ones, or with names,\n" +
			"addresses and virtual numbers, for which the shop needs JD's number package (jd.number_package). Numbers that\n" +
			"have lapsed and real ones are masked in every form. Without --format the file's name says which it is.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := privacy.ParseForm(form)
			if err != nil {
				return usageError{err}
			}
			if days < 0 || days > 3650 {
				return usageError{fmt.Errorf("--days %d: choose 0 to 3650", days)}
			}
			ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(out), "."))
			if format == "" {
				format = ending
			}
			switch {
			case format != "csv" && format != "xlsx":
				return usageError{fmt.Errorf("--output %s: name a file that ends in .csv or .xlsx, or choose --format csv or xlsx", out)}
			case ending != format:
				return usageError{fmt.Errorf("--output %s: name a file that ends in .%s", out, format)}
			}
			agent, err := c.agent()
			if err != nil {
				return err
			}
			file, orders, err := agent.ExportFile(cmd.Context(), api.ExportFile{Export: api.Export{Form: f, Days: days, Who: who()}, Format: format})
			if err != nil {
				return err
			}
			if err := host.AtomicWrite(out, file, 0o600); err != nil {
				return notice.New("file-unwritable", err, out)
			}
			_, err = fmt.Fprintln(c.Out, orders, out)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&form, "form", "", "what it says of receivers: none, masked, virtual")
	f.StringVar(&format, "format", "", "csv or xlsx (default: by the file's name)")
	f.StringVarP(&out, "output", "o", "", "file to write")
	f.IntVar(&days, "days", 30, "of orders that have ended, those of so many days")
	for _, required := range []string{"form", "output"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // a flag of this very function
		}
	}
	return cmd
}
