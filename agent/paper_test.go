package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/printer/bitmap"
	"miandan/printer/spool/spooltest"
)

// TestPaper runs the demo and looks at what it leaves with other people's
// programs: the page's size, the receiver's name and phone, the barcodes, and
// whether the PDF is the same paper as what came out of the printer.
func TestPaper(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pdfinfo", "pdftotext", "zbarimg", "pdftoppm", "gs"} {
		need(t, name)
	}
	out := t.TempDir()
	cmd := exec.Command("miandan", "demo", "--once", "--orders", "3", "--out", out)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("demo: %v\n%s", err, b)
	}
	var report practice.Report
	b, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &report); err != nil {
		t.Fatal(err)
	}
	orders := map[string]jdsim.Order{}
	for _, o := range jdsim.Demo(3, time.Now()) {
		orders[o.ID] = o
	}
	if len(report.Labels) != 3 {
		t.Fatalf("%d labels, want 3", len(report.Labels))
	}
	for _, l := range report.Labels {
		t.Run(l.Carrier, func(t *testing.T) {
			if l.State != "confirmed" || l.Evidence != "process-id" || l.PhoneKind != "real" {
				t.Errorf("label is %s by %s with a %s phone", l.State, l.Evidence, l.PhoneKind)
			}
			pdf, paper := filepath.Join(out, l.PDF), filepath.Join(out, l.PNG)
			if size := tool(t, "pdfinfo", pdf); !regexp.MustCompile(`Page size:\s+215\.4\d* x 368\.5`).MatchString(size) {
				t.Errorf("pdfinfo: %s, want 76×130 mm", size)
			}
			text, o := tool(t, "pdftotext", pdf, "-"), orders[l.Order]
			for _, want := range []string{o.Receiver.Name, o.Receiver.Mobile, l.Order} {
				if !strings.Contains(text, want) {
					t.Errorf("the PDF's text has no %q", want)
				}
			}
			if codes := tool(t, "zbarimg", "-q", "--raw", paper); !strings.Contains(codes, l.Waybill) {
				t.Errorf("zbarimg reads %q, want %s", codes, l.Waybill)
			}
			want := readPaper(t, paper)
			if want.Width != 608 || want.Height != 1040 {
				t.Errorf("the paper is %d×%d dots, want 608×1040", want.Width, want.Height)
			}
			same(t, want, filepath.Join(t.TempDir(), "poppler.png"), func(to string) {
				tool(t, "pdftoppm", "-gray", "-png", "-singlefile", "-scale-to-x", "608", "-scale-to-y", "1040", pdf, strings.TrimSuffix(to, ".png"))
			})
			same(t, want, filepath.Join(t.TempDir(), "gs.png"), func(to string) {
				tool(t, "gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pnggray", "-dGridFitTT=0", "-dTextAlphaBits=4",
					"-dDownScaleFactor=8", "-g4864x8320", "-r1625.6", "-sOutputFile="+to, pdf)
			})
		})
	}
}

func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}

func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func readPaper(t *testing.T, file string) *bitmap.Image {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := bitmap.DecodePNG(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// same holds a PDF's picture against the paper. How text and bars are told
// apart, dot by dot, stands in package pdftest; here it is the whole label: no
// dot of the barcodes' rows and few of the rest may differ.
func same(t *testing.T, want *bitmap.Image, file string, draw func(to string)) {
	t.Helper()
	draw(file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, want.Width, want.Height) {
		t.Fatalf("%s is %v", filepath.Base(file), img.Bounds())
	}
	differ, black := 0, 0
	for y := range want.Height {
		for x := range want.Width {
			grey := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
			if want.Black(x, y) {
				black++
			}
			if want.Black(x, y) == (grey < 128) {
				continue
			}
			differ++
			if mainBarcode := y > 90 && y < 178; mainBarcode {
				t.Errorf("%s: dot %d,%d of the barcode differs", filepath.Base(file), x, y)
				return
			}
		}
	}
	if share := float64(differ) / float64(black); share > 0.05 {
		t.Errorf("%s: %.1f %% of the black differs", filepath.Base(file), 100*share)
	}
}

// TestSystemQueue prints through a real CUPS: the queue gets the PDF with its
// paper, the job is followed to its end, and that is worth "presumed".
func TestSystemQueue(t *testing.T) {
	server := spooltest.Start(t)
	dir := t.TempDir()
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	settings, err := os.ReadFile(world.Config)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(settings), "[[printer]]")
	_, after, _ = strings.Cut(after, "[print]")
	queue := fmt.Sprintf("[[printer]]\nname = \"system\"\nurl = %q\npaper = \"76x130\"\n\n[print]", server.TCP(spooltest.Label))
	if err := os.WriteFile(world.Config, []byte(before+queue+after), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &output{}
	agent := startAgent(t, world, log)
	defer func() {
		if t.Failed() {
			tellState(t, world)
		}
		agent.Process.Kill()
		agent.Wait()
	}()
	rows := settled(t, world, []string{jdsim.Demo(1, time.Now())[0].ID}, log)
	if r := rows[0]; r.Label != "presumed" || r.LastEvidence == nil || r.LastEvidence.Method != "spooler" {
		t.Errorf("label is %s by %+v, want presumed by the spooler", r.Label, r.LastEvidence)
	}
	pdf := server.Received(t, 1)[0]
	file := filepath.Join(dir, "received.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	need(t, "pdfinfo")
	size := regexp.MustCompile(`Page size:\s+([\d.]+) x ([\d.]+)`).FindStringSubmatch(tool(t, "pdfinfo", file))
	if size == nil || !strings.HasPrefix(size[1], "215") || !strings.HasPrefix(size[2], "368") {
		t.Errorf("the queue printed a page of %v points, want 76×130 mm", size)
	}
}

// tellState logs what a failed test must know of the agent that still runs: its
// ledger, how it finds its printers, and what it logged last.
func tellState(t *testing.T, w *practice.World) {
	t.Helper()
	for _, args := range [][]string{{"queue", "--json"}, {"printers", "status", "--json"}} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		cmd := exec.CommandContext(ctx, "miandan", append(args, "--data", w.Data)...)
		cmd.Env = append(os.Environ(), "LANG=C")
		out, err := cmd.CombinedOutput()
		cancel()
		t.Logf("miandan %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	files, err := filepath.Glob(filepath.Join(w.Data, "logs", "*"))
	if err != nil || len(files) == 0 {
		t.Logf("the agent has logged nothing: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		t.Logf("%s (%v) ends with\n%s", filepath.Base(f), err, b[max(0, len(b)-8000):])
	}
}
