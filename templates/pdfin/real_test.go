package pdfin_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"miandan/templates/pdf/pdftest"
	"miandan/templates/pdfin"
	"miandan/templates/scene"
)

// TestOtherWriters draws what other programs make of our label, and what they
// make themselves.
func TestOtherWriters(t *testing.T) {
	_, _, own := sample(t, "jd-express.json", "jd-express-76x130", scene.DPI203)
	for _, c := range []struct {
		name, program string
		args          func(from, to string) []string
	}{
		{"ghostscript", "gs", func(from, to string) []string {
			return []string{"-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=pdfwrite", "-sOutputFile=" + to, from}
		}},
		{"poppler", "pdftocairo", func(from, to string) []string {
			return []string{"-pdf", "-origpagesizes", "-noshrink", "-nocenter", from, to}
		}},
		{"poppler, a PNG", "pdftocairo", func(from, to string) []string {
			return []string{"-png", "-gray", "-singlefile", "-scale-to-x", "608", "-scale-to-y", "1040", from, to[:len(to)-len(filepath.Ext(to))]}
		}},
		{"poppler, a JPEG", "pdftocairo", func(from, to string) []string {
			return []string{"-jpeg", "-singlefile", "-scale-to-x", "608", "-scale-to-y", "1040", from, to[:len(to)-len(filepath.Ext(to))]}
		}},
		{"mupdf", "mutool", func(from, to string) []string { return []string{"clean", "-gggg", "-z", from, to} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			program := pdftest.Need(t, c.program)
			folder := t.TempDir()
			from, to := filepath.Join(folder, "from.pdf"), filepath.Join(folder, "to.pdf")
			if err := os.WriteFile(from, own, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(program, c.args(from, to)...).CombinedOutput(); err != nil {
				t.Skipf("%s cannot: %v %.200s", c.program, err, out) // an older one, without this device
			}
			names, err := filepath.Glob(filepath.Join(folder, "to.*"))
			if err != nil || len(names) != 1 {
				t.Fatalf("%d files, %v", len(names), err)
			}
			file, err := os.ReadFile(names[0])
			if err != nil {
				t.Fatal(err)
			}
			m, err := draw(t, shared, file, paper(76, 130), pdfin.How{})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"JDVC00000000001-1-1-", "JDVC00000000001"} {
				if codes := pdfin.FindCodes(m, scene.DPI203, text); len(codes) != 1 || !codes[0].Whole {
					t.Errorf("%s: %+v", text, codes)
				}
			}
		})
	}
}

// TestChromium draws a label that a browser has printed, as web shops do.
func TestChromium(t *testing.T) {
	program := pdftest.Need(t, "chromium")
	var svg bytes.Buffer
	symbol := bars(t, "SF1300000000001", 8, 20, 20, 0.375)
	for _, line := range bytes.Split([]byte(symbol), []byte("\n")) {
		var x, y, w, h float64
		if n, _ := fmt.Sscanf(string(line), "%f %f %f %f re f", &x, &y, &w, &h); n == 4 {
			fmt.Fprintf(&svg, `<rect x="%.4f" y="%.4f" width="%.4f" height="%.4f"/>`, x, y, w, h)
		}
	}
	folder := t.TempDir()
	page := filepath.Join(folder, "label.html")
	html := `<style>@page{size:100mm 150mm;margin:0}body{margin:0}svg{position:absolute;left:0;top:0;width:100mm;height:150mm}</style>` +
		`<svg viewBox="0 0 283.465 425.197">` + svg.String() + `</svg><p style="position:absolute;top:60mm;left:8mm">演示 13800001234</p>`
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(folder, "label.pdf")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
		"--user-data-dir="+filepath.Join(folder, "profile"), "--print-to-pdf="+to, "file://"+page).CombinedOutput()
	file, readErr := os.ReadFile(to)
	if readErr != nil {
		t.Fatalf("%v %.300s", err, out)
	}
	m, err := draw(t, shared, file, paper(100, 150), pdfin.How{})
	if err != nil {
		t.Fatal(err)
	}
	codes := pdfin.FindCodes(m, scene.DPI203, "SF1300000000001")
	if len(codes) != 1 || !codes[0].Whole || codes[0].Module != 3 {
		t.Errorf("%+v", codes)
	}
}
