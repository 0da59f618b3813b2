package cli

import (
	"bytes"
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
	"miandan/printer/bitmap"
	"miandan/templates"
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
	return family(&cobra.Command{Use: "templates", Short: "The layouts of labels"}, list, &cobra.Command{
		Use: "check FILE", Short: "Check a layout file", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return notice.New("file-not-found", err, args[0])
			}
			_, err = templates.ParseIn(os.DirFS(filepath.Dir(args[0])), args[0], src)
			var broken *templates.LayoutError
			if errors.As(err, &broken) {
				return notice.New("layout-broken", err, broken.File, notice.Phrase{broken.Error(), broken.Chinese()})
			}
			if err == nil {
				_, err = fmt.Fprintln(c.Out, "ok", args[0])
			}
			return err
		},
	})
}
