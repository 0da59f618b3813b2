package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/logging"
	"miandan/agent/internal/notice"
)

// supportLines is how many lines of the log go along.
const supportLines = 3000

const supportReadme = `What support needs to see of this station, and nobody's name, number or address.

about.json     version, system, since when the agent runs
settings.toml  the settings with their defaults; the sender is masked, secrets are not in that file
doctor.json    what "miandan doctor" says
queue.json     how many orders and labels stand where, and which problems they have
printers.json  the printers and how they are
timings.json   how long labels took
audit.json     how many records of each kind there are, and whether they are whole
database.json  its schema and sizes; nothing of what is in it
logs/          the last lines of the log

Of numbers with ten digits and more only the last four are shown. A part that could
not be made stands as a file that says why: NAME.error.txt.
`

func (c *command) support() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "support [-o FILE.zip]", Short: "Gather what support needs to see, without anybody's name or number", Args: cobra.NoArgs,
		Long: "Write a ZIP file with the version, the settings, what doctor says, counts, printers and the last lines of the\n" +
			"log. People, secrets and long numbers are masked; the database and the keys are not in it. It works whether the\n" +
			"agent runs or not, and also with broken settings or a damaged database.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				out = "miandan-support-" + time.Now().Format("20060102-150405") + ".zip"
			}
			b, err := c.bundle(cmd.Context())
			if err != nil {
				return err
			}
			if err := host.AtomicWrite(out, b, 0o600); err != nil {
				return notice.New("file-unwritable", err, out)
			}
			_, err = fmt.Fprintln(c.Out, out)
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default miandan-support-TIME.zip)")
	return cmd
}

// bundle makes the file. What fails, fails alone: a bundle is asked for when
// something is broken.
func (c *command) bundle(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	put := func(name string, text []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now()})
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
	if err := put("README.txt", []byte(supportReadme)); err != nil {
		return nil, err
	}
	conf, confErr := app.Settings(c.config)
	for _, part := range []struct {
		name string
		make func() ([]byte, error)
	}{
		{"about.json", func() ([]byte, error) { return maskedJSON(c.about()) }},
		{"settings.toml", func() ([]byte, error) {
			if confErr != nil {
				return nil, confErr
			}
			return maskedTOML(conf)
		}},
		{"doctor.json", func() ([]byte, error) { return maskedJSON(c.examine(ctx)) }},
		{"queue.json", func() ([]byte, error) { return c.look(ctx, queueNow) }},
		{"printers.json", func() ([]byte, error) {
			if confErr != nil {
				return nil, confErr
			}
			all, err := c.conditions(ctx, conf)
			if err != nil {
				return nil, err
			}
			return maskedJSON(all)
		}},
		{"timings.json", func() ([]byte, error) { return c.look(ctx, timings) }},
		{"audit.json", func() ([]byte, error) { return c.auditSummary(ctx) }},
		{"database.json", func() ([]byte, error) { return c.databaseShape(ctx) }},
		{"logs/" + logging.FileName, func() ([]byte, error) { return lastLines(filepath.Join(c.data, "logs"), supportLines) }},
	} {
		name := part.name
		text, err := part.make()
		if err != nil {
			name, text = name+".error.txt", []byte(mask(c.sentence(err)+"\n"+err.Error()+"\n"))
		}
		if err := put(name, text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

func (c *command) about() map[string]any {
	a := map[string]any{
		"version": Version(), "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "made": time.Now().Format(time.RFC3339),
		"data": c.data, "settings": c.config, "language": c.language,
	}
	if b, err := os.ReadFile("/etc/os-release"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
				a["release"] = strings.Trim(strings.TrimSpace(name), `"`)
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		a["kernel"] = strings.TrimSpace(string(b))
	}
	if holder, running, err := host.Running(c.data); err == nil && running {
		a["process"], a["since"] = holder.PID, holder.Since.Format(time.RFC3339)
	}
	return a
}

// lastLines returns the last lines of the log, masked once more: what is in it
// was masked when it was written.
func lastLines(dir string, n int) ([]byte, error) {
	var lines []string
	for _, name := range []string{logging.FileName + ".1", logging.FileName} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && name == logging.FileName {
			return nil, err
		}
		lines = append(lines, strings.SplitAfter(string(b), "\n")...)
	}
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return []byte(mask(strings.Join(lines, ""))), nil
}

// maskedJSON writes a value in which each text is masked. People in it are
// masked by their types already.
func maskedJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, err
	}
	return json.MarshalIndent(maskTree("", tree), "", "  ")
}

func maskedTOML(conf *config.Config) ([]byte, error) {
	b, err := toml.Marshal(conf)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := toml.Unmarshal(b, &tree); err != nil {
		return nil, err
	}
	return toml.Marshal(maskTree("", tree))
}
