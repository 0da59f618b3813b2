package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/preview"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/scene"
)

// preview shows a layout while it is being written.
func (c *command) preview() *cobra.Command {
	var data, out, listen, show string
	var dpmm float64
	var once bool
	cmd := &cobra.Command{
		Use: "preview FILE", Short: "Show a layout in the browser and draw it anew when it is saved", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, grid := args[0], scene.Grid(dpmm)
			if once {
				if out == "" {
					return usageError{fmt.Errorf("--once needs -o FILE.png")}
				}
				return c.writePreview(file, data, show, out, grid)
			}
			l, err := api.Listen(listen)
			if err != nil {
				return err
			}
			p := preview.New(file, data, readLabel)
			write := func() {
				if out == "" {
					return
				}
				if err := c.writePreview(file, data, show, out, grid); err != nil {
					c.complain(err)
				}
			}
			write()
			if _, err := fmt.Fprintln(c.Out, "ready http://"+l.Addr().String()); err != nil {
				l.Close()
				return err
			}
			return p.Serve(cmd.Context(), l, grid, c.language, write)
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "waybill in JSON, instead of a sample")
	f.StringVarP(&out, "output", "o", "", "file to write too, .png or .pdf, after every change")
	f.StringVar(&show, "case", "plain", "what the written label has to bear: plain, hidden (which is also a reprint with services) or long")
	f.StringVar(&listen, "listen", "127.0.0.1:0", "address of the page, on this machine only")
	f.Float64Var(&dpmm, "dpmm", 8, "dots per millimetre: 8 is 203 dpi, 11.811 is 300 dpi")
	f.BoolVar(&once, "once", false, "write the picture and end")
	return cmd
}

// writePreview writes the label of a layout file with its sample.
func (c *command) writePreview(file, data, show, out string, grid scene.Grid) error {
	t, err := preview.Read(file)
	if err != nil {
		return layoutNotice(err)
	}
	label, _, err := templates.Sample(t.Name())
	if data != "" {
		label, err = readLabel(data)
	}
	if err != nil {
		return err
	}
	cases := lint.Cases(label)
	i := slices.IndexFunc(cases, func(c lint.Case) bool { return c.Key == show })
	if i < 0 {
		return usageError{fmt.Errorf("--case cannot be %q: write plain, hidden or long", show)}
	}
	pages, err := t.Pages(cases[i].Label, grid)
	if err != nil {
		return dispatch.Notice(err)
	}
	if !strings.EqualFold(filepath.Ext(out), ".pdf") {
		pages = pages[:1]
	}
	return writeLabel(pages, out)
}
