package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"miandan/agent/internal/app"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/preview"
	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

func (c *command) render() *cobra.Command {
	var name, data, out, layouts string
	var dpmm float64
	cmd := &cobra.Command{
		Use: "render --template NAME --data FILE.json -o FILE.pdf|.png", Short: "Draw a label without printing it", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			library, err := app.Templates(layouts)
			if err != nil {
				return err
			}
			t, err := library.Get(name)
			if err != nil {
				return notice.New("layout-missing", err, name, strings.Join(library.Names(), ", "))
			}
			label, err := readLabel(data)
			if err != nil {
				return err
			}
			pages, err := t.Pages(label, scene.Grid(dpmm))
			if err == nil && len(pages) > 1 && !strings.EqualFold(filepath.Ext(out), ".pdf") {
				_, err = t.Compose(label, scene.Grid(dpmm)) // which says how many pages there are
			}
			if err != nil {
				return dispatch.Notice(err)
			}
			return writeLabel(pages, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "template", "", "layout, see: miandan templates list")
	f.StringVar(&data, "data", "", "waybill in JSON")
	f.StringVarP(&out, "output", "o", "", "file to write, .pdf or .png")
	f.StringVar(&layouts, "layouts", "", "folder of your own layouts")
	f.Float64Var(&dpmm, "dpmm", 8, "dots per millimetre: 8 is 203 dpi, 11.811 is 300 dpi")
	for _, required := range []string{"template", "data", "output"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // a flag of this very function
		}
	}
	return cmd
}

func readLabel(path string) (waybill.Label, error) {
	f, err := os.Open(path)
	if err != nil {
		return waybill.Label{}, notice.New("file-not-found", err, path)
	}
	defer f.Close()
	label, err := waybill.ReadFile(io.LimitReader(f, 4<<20))
	if err != nil {
		return waybill.Label{}, notice.New("label-file-broken", err, path, err)
	}
	return label, nil
}

// writeLabel writes a PDF of all pages, or a PNG of the only one.
func writeLabel(pages []*scene.Page, path string) (err error) {
	var image *bitmap.Image
	for _, page := range pages {
		if image, err = raster.Render(page); err != nil {
			return err
		}
		if err := raster.Check(page, image); err != nil {
			return dispatch.Notice(err)
		}
	}
	var b bytes.Buffer
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		err = image.EncodePNG(&b)
	case ".pdf":
		err = pdf.Write(&b, pages...)
	default:
		return notice.New("label-file-kind", nil, path)
	}
	if err != nil {
		return err
	}
	if err := host.AtomicWrite(path, b.Bytes(), 0o600); err != nil {
		return notice.New("file-unwritable", err, path)
	}
	return nil
}

func (c *command) templates() *cobra.Command {
	var layouts string
	list := &cobra.Command{
		Use: "list", Short: "List the layouts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			library, err := app.Templates(layouts)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(library.Names())
			}
			for _, name := range library.Names() {
				fmt.Fprintln(c.Out, name)
			}
			return nil
		},
	}
	list.Flags().StringVar(&layouts, "layouts", "", "folder of your own layouts")
	return family(&cobra.Command{Use: "templates", Short: "The layouts of labels"}, list, c.checkLayout(), c.preview(), c.layoutSchema())
}

// layoutSchema prints what an editor needs to complete keys and mark mistakes.
func (c *command) layoutSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of layouts, for editors", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := c.Out.Write(templates.Schema())
			return err
		},
	}
}

// checkLayout reads a layout as a person writes it and judges it as a print
// shop would.
func (c *command) checkLayout() *cobra.Command {
	var layouts, data string
	cmd := &cobra.Command{
		Use: "check FILE|NAME", Short: "Check a layout: how it is written, and whether its labels are fit for use", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := layoutAt(args[0], layouts)
			var broken *templates.LayoutError
			if errors.As(err, &broken) {
				if c.json {
					return cmp.Or(c.printJSON(verdict{Layout: args[0], Findings: []lint.Finding{{
						Severity: lint.Error, File: broken.File, Line: broken.Line, Column: broken.Column,
						Includes: broken.Includes, English: broken.Sentence(false), Chinese: broken.Sentence(true),
					}}}), errSaid)
				}
			}
			if err != nil {
				return layoutNotice(err)
			}
			var sample waybill.Label
			if data != "" {
				sample, err = readLabel(data)
			} else {
				sample, _, err = templates.Sample(t.Name())
			}
			if err != nil {
				return err
			}
			found, err := lint.Check(t, sample)
			if err != nil {
				return err
			}
			return c.sayFindings(args[0], found)
		},
	}
	cmd.Flags().StringVar(&layouts, "layouts", "", "folder of your own layouts, for a NAME")
	cmd.Flags().StringVar(&data, "data", "", "waybill in JSON to check with, instead of a sample")
	return cmd
}

// verdict is what templates check prints with --json. Rule 0 is a file that
// cannot be read as a layout.
type verdict struct {
	Layout   string         `json:"layout"`
	OK       bool           `json:"ok"` // no errors; there may be warnings
	Findings []lint.Finding `json:"findings"`
}

func (c *command) sayFindings(layout string, found []lint.Finding) error {
	ok := lint.Errors(found) == 0
	var err error
	if c.json {
		err = c.printJSON(verdict{layout, ok, append([]lint.Finding{}, found...)})
	} else {
		for _, f := range found {
			fmt.Fprintln(c.Out, f.Report(c.language == notice.Chinese))
		}
		if ok {
			_, err = fmt.Fprintln(c.Out, "ok", layout)
		}
	}
	if err == nil && !ok {
		err = errSaid
	}
	return err
}

// layoutNotice turns a mistake in a layout into words for people.
func layoutNotice(err error) error {
	var broken *templates.LayoutError
	if errors.As(err, &broken) {
		return notice.New("layout-broken", err, broken.File, notice.Phrase{broken.Error(), broken.Chinese()})
	}
	return err
}

// layoutAt returns the layout in a file, or the one of a name.
func layoutAt(what, layouts string) (*templates.Template, error) {
	_, missing := os.Stat(what)
	if missing == nil || strings.ContainsAny(what, `/\`) || filepath.Ext(what) == ".yaml" {
		return preview.Read(what)
	}
	library, err := app.Templates(layouts)
	if err != nil {
		return nil, err
	}
	t, err := library.Get(what)
	if errors.As(err, new(*templates.UnknownTemplateError)) {
		err = notice.New("layout-missing", err, what, strings.Join(library.Names(), ", "))
	}
	return t, err
}
