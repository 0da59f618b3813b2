package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// directions says what each part of the tree may import of this module. The
// longest matching folder decides. Files of every platform are read with
// go/parser, since "go list" sees only those of the system it runs on.
var directions = []struct {
	folder string
	may    []string // folders, with everything below
	reason string
}{
	{"printer", []string{"printer"}, "a printer knows dots and bytes and has never heard of waybills"},
	{"templates", []string{"templates"}, "a template knows what a label looks like and no devices or networks"},
	{"templates/raster", []string{"templates", "printer/bitmap"}, "the raster is where a label becomes a printer's dots"},
	{"templates/pdf/pdftest", []string{"templates", "printer/bitmap"}, "a test holds a PDF against the dots"},
	{"templates/pdfin", []string{"templates", "printer/bitmap"}, "a ready label becomes a printer's dots"},
	{"installer", []string{"installer"}, "the installer packs what is built and imports nothing of it"},
	{"agent/internal/web", []string{"agent/internal/api", "agent/internal/web", "agent/internal/notice", "templates/pii", "templates/barcode"}, "the page knows only the API, and draws the barcodes of its commands"},
	{"agent/internal/tray", []string{"agent/internal/api", "agent/internal/tray", "agent/internal/notice"}, "the tray is a client of the API and nothing else"},
	{"agent/internal/carrier", []string{"agent/internal/carrier", "agent/internal/order", "agent/internal/platform", "agent/internal/notice", "agent/internal/outbound", "agent/internal/jos", "agent/internal/lop", "agent/internal/secret", "templates/waybill", "templates/pii"}, "a carrier gives numbers and has never heard of printers"},
	{"agent/internal/carrier/component", []string{"agent/internal/jos", "agent/internal/notice", "agent/internal/outbound", "printer"}, "a vendor's component is a way to a printer, and its document is sealed"},
	{"agent/internal/carrier/component/componentsim", []string{"agent/internal/jos/jdsim/sheet", "agent/internal/jos/jdsim/journal"}, "a simulator shares nothing with the client that it tests, and the sealed labels with its gateway"},
	{"agent/internal/carrier/component/cainiao", []string{"agent/internal/carrier/component", "agent/internal/jos", "agent/internal/notice", "agent/internal/outbound", "printer"}, "another vendor's component is the same way to a printer, told in the same words"},
	{"agent/internal/carrier/component/cainiaosim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/sf/sfsim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/zto/ztosim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/yto/ytosim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/sto/stosim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/yunda/yundasim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/jtexpress/jtsim", []string{"agent/internal/carrier/carriertest/drawn"}, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/deppon/depponsim", []string{"agent/internal/carrier/carriertest/drawn"}, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/carrier/carriertest/drawn", nil, "it stands in for what carriers draw"},
	{"agent/internal/carrier/kuaidi100/kuaidi100sim", nil, "a simulator shares nothing with the client that it tests"},
	{"agent/internal/jos/jdsim", []string{"agent/internal/jos/jdsim/journal"}, "a simulator shares nothing with the client that it tests"},
	{"agent", []string{"agent", "printer", "templates"}, "the agent knows everybody"},
}

// revealers are the packages that may take personal data or a secret out of
// its mask, each with the reason.
var revealers = map[string]string{
	"agent/internal/ledger":            "puts it under seal",
	"agent/internal/secret":            "compares two tokens",
	"agent/internal/seal":              "puts a token into the key store",
	"agent/internal/pin":               "compares a PIN with its hash",
	"agent/internal/config":            "joins the sender's address with its region",
	"agent/internal/jos":               "signs with the app's secret",
	"agent/internal/jos/oauth":         "asks for the shop's authorisation and packs it for the key store",
	"agent/internal/jos/tde":           "asks for keys in the name of the access token",
	"agent/internal/lop":               "signs with the app's secret",
	"agent/internal/carrier":           "takes the receiver out of a carrier's words",
	"agent/internal/carrier/jd":        "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/jdl":       "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/sf":        "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/zto":       "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/yto":       "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/sto":       "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/yunda":     "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/jtexpress": "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/deppon":    "tells the carrier whom the parcel goes to",
	"agent/internal/carrier/kuaidi100": "tells the carrier whom the parcel goes to",
	"agent/internal/fleet":             "logs in to the database with the station's password",
	"agent/internal/order/place":       "reads where a parcel goes and which number is dialled",
	"agent/internal/privacy":           "shows what a click may show and writes an export",
	"agent/internal/cloudprint":        "tells JD's renderer whom the parcel goes to",
	"templates":                        "puts it on the label",
	"templates/pii":                    "defines it",
}

const module = "miandan/"

func TestDirections(t *testing.T) {
	eachFile(t, func(path string, imports []string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		rule := -1
		for i, d := range directions {
			if within(folder, d.folder) && (rule < 0 || len(d.folder) > len(directions[rule].folder)) {
				rule = i
			}
		}
		if rule < 0 {
			t.Errorf("%s: no rule says what %s may import", path, folder)
			return
		}
		for _, imp := range imports {
			own, ok := strings.CutPrefix(imp, module)
			if !ok {
				continue
			}
			if own == "agent/internal/store/faulty" {
				t.Errorf("%s imports %s: a disk that loses data is for tests", path, own)
			}
			allowed := within(own, folder)
			for _, may := range directions[rule].may {
				allowed = allowed || within(own, may)
			}
			if !allowed {
				t.Errorf("%s imports %s: %s", path, own, directions[rule].reason)
			}
		}
		if within(folder, "printer") && folder != "printer" {
			driver := map[string]bool{"printer/escpos": true, "printer/tspl": true, "printer/zpl": true, "printer/cpcl": true, "printer/page": true}[folder]
			for _, imp := range imports {
				if transport := strings.TrimPrefix(imp, module+"printer/"); driver && slices.Contains([]string{"tcp", "usb", "serial", "spool", "winspool", "file", "transport"}, transport) {
					t.Errorf("%s imports %s: drivers never import transports", path, imp)
				}
			}
		}
	})
}

func TestWhoReveals(t *testing.T) {
	used := map[string]bool{}
	eachFile(t, func(path string, _ []string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		b, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), ".Reveal()") {
			return
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		used[folder] = true
		if revealers[folder] == "" {
			t.Errorf("%s calls Reveal; if it must, add it to the list with the reason", path)
		}
	})
	for folder := range revealers {
		if _, err := os.Stat(filepath.Join("..", folder)); err == nil && !used[folder] && folder != "templates/pii" {
			t.Errorf("%s is on the list and calls no Reveal", folder)
		}
	}
}

func TestEveryPackageHasOneComment(t *testing.T) {
	comments := map[string]int{}
	root := ".."
	eachFile(t, func(path string, _ []string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		if _, ok := comments[folder]; !ok {
			comments[folder] = 0
		}
		if f.Doc != nil {
			comments[folder]++
		}
	})
	for folder, n := range comments {
		if n != 1 {
			t.Errorf("package %s has %d package comments, want 1", folder, n)
		}
	}
}

func within(folder, of string) bool { return folder == of || strings.HasPrefix(folder, of+"/") }

func eachFile(t *testing.T, f func(path string, imports []string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range file.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		n++
		f(strings.TrimPrefix(filepath.ToSlash(path), "../"), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Fatalf("only %d files were read: the test does not see the tree", n)
	}
}
