package bench

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"miandan/templates/pdf"
	"miandan/templates/scene"
)

var (
	// zebra describes a ZPL printer of 203 dpi to CUPS.
	//go:embed zebra.ppd
	zebra []byte
	//go:embed label.py
	reportLab []byte
)

// others measures the same label made by other programs, each as fast as it is
// used: kept open where it can be, and a process a label where it cannot. What is
// not installed is noted as absent; one that fails is too, since that is no fault
// of the agent's.
func (b *bench) others(ctx context.Context) error {
	s, err := open()
	if err != nil {
		return err
	}
	page, err := s.compose(0, scene.DPI203)
	if err != nil {
		return err
	}
	m := markup{page: page}
	if err := page.Draw(&m); err != nil {
		return err
	}
	var document bytes.Buffer
	if err := pdf.Write(&document, page); err != nil {
		return err
	}
	font, err := fontFor(m.text())
	if err != nil {
		return err
	}
	label, fontFile := filepath.Join(b.dir, "label.pdf"), filepath.Join(b.dir, "label.ttf")
	if err := os.WriteFile(fontFile, font, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(label, document.Bytes(), 0o600); err != nil {
		return err
	}
	for _, o := range []struct {
		name    string
		measure func() error
	}{
		{"chromium", func() error { return b.chromium(ctx, &m, font) }},
		{"reportlab", func() error { return b.reportLab(ctx, &m, fontFile) }},
		{"pdftoppm", func() error { return b.pdftoppm(ctx, label) }},
		{"cups", func() error { return b.cups(ctx, label) }},
	} {
		if err := o.measure(); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b.absent(o.name, err)
		}
	}
	return nil
}

// chromium prints a page to PDF in a browser that stays open, with the same font in
// the page.
func (b *bench) chromium(ctx context.Context, m *markup, font []byte) error {
	page := filepath.Join(b.dir, "label.html")
	if err := os.WriteFile(page, []byte(m.head(font)), 0o600); err != nil {
		return err
	}
	c, err := openChromium(ctx, filepath.Join(b.dir, "chromium"))
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.show("file://" + page); err != nil {
		return err
	}
	body := m.body()
	core := func() time.Duration { return familyTime(c.cmd.Process.Pid) }
	l, err := b.measureBy(ctx, core, Line{Name: "chromium", Part: Others, What: "headless Chromium kept open, HTML → PDF"}, func(int) (int, error) { return c.print(body) })
	if err == nil {
		b.add(l)
	}
	return err
}

// pdftoppm makes dots of a PDF, a process a label.
func (b *bench) pdftoppm(ctx context.Context, label string) error {
	path, err := exec.LookPath("pdftoppm")
	if err != nil {
		return err
	}
	l, err := b.measure(ctx, Line{Name: "pdftoppm", Part: Others, What: "pdftoppm, PDF → dots, 203 dpi"}, func(int) (int, error) {
		return run(ctx, exec.CommandContext(ctx, path, "-mono", "-r", "203.2", label))
	})
	if err == nil {
		b.add(l)
	}
	return err
}

// cups takes a PDF through the filters that a queue of CUPS has for a label
// printer, without the queue's own time.
func (b *bench) cups(ctx context.Context, label string) error {
	path, err := exec.LookPath("cupsfilter")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/cupsfilter"); err != nil {
			return err
		}
	}
	ppd := filepath.Join(b.dir, "zebra.ppd")
	if err := os.WriteFile(ppd, zebra, 0o600); err != nil {
		return err
	}
	l, err := b.measure(ctx, Line{Name: "cups", Part: Others, What: "filters of CUPS, PDF → raster → ZPL, 203 dpi"}, func(int) (int, error) {
		return run(ctx, exec.CommandContext(ctx, path, "-p", ppd, "-m", "printer/bench", "-e", label))
	})
	if err == nil {
		b.add(l)
	}
	return err
}

// run runs a program to its end and returns how many bytes it wrote.
func run(ctx context.Context, cmd *exec.Cmd) (int, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		return 0, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, last(said.Bytes()))
	case len(out) == 0:
		return 0, fmt.Errorf("%s wrote nothing: %s", filepath.Base(cmd.Path), last(said.Bytes()))
	}
	return len(out), nil
}

func last(said []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(said), []byte("\n"))
	return lines[len(lines)-1]
}

// reportLab draws the same marks with ReportLab, which loads the font once and
// makes a document a label.
func (b *bench) reportLab(ctx context.Context, m *markup, font string) error {
	task := filepath.Join(b.dir, "reportlab.json")
	data, err := json.Marshal(map[string]any{
		"font": font, "width": m.page.Width, "height": m.page.Height, "dot": 72 / (float64(m.page.Grid) * 25.4),
		"runs": m.Runs, "boxes": m.Boxes, "least": map[bool]int{false: 20, true: 3}[b.Quick], "seconds": map[bool]float64{false: 2, true: 0.1}[b.Quick],
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(task, data, 0o600); err != nil {
		return err
	}
	l := Line{Name: "reportlab", Part: Others, What: "ReportLab, one document a label"}
	b.Tell(l.What)
	for _, python := range []string{"python3", "/usr/bin/python3"} { // the first may be one without libraries
		var said bytes.Buffer
		cmd := exec.CommandContext(ctx, python, "-c", string(reportLab), task)
		cmd.Stderr = &said
		var out []byte
		if out, err = cmd.Output(); err != nil {
			err = fmt.Errorf("%w: %s", err, last(said.Bytes()))
			continue
		}
		var result struct {
			Seconds []float64 `json:"seconds"`
			Took    float64   `json:"took"`
			Core    float64   `json:"core"`
			Bytes   int       `json:"bytes"`
		}
		if err := json.Unmarshal(out, &result); err != nil {
			return err
		}
		all := make([]time.Duration, len(result.Seconds))
		for i, s := range result.Seconds {
			all[i] = time.Duration(s * float64(time.Second))
		}
		if len(all) == 0 {
			return errors.New("no label came back")
		}
		l.Bytes, l.PerSecond = result.Bytes, float64(len(all))/result.Took
		if result.Core > 0 {
			l.PerCore = float64(len(all)) / result.Core
		}
		b.add(timed(l, all))
		return nil
	}
	return fmt.Errorf("python3 with the library reportlab: %w", err)
}
