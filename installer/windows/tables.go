package windows

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// database is an MSI whose tables are read and written as msitools export them:
// a line of columns, a line of types, a line that names the table, and the rows.
// Whole tables are replaced, since msibuild's UPDATE takes every row for the one
// that is asked for.
type database struct {
	path   string
	folder string // for what is handed to msibuild
}

type table struct {
	name    string
	head    [3]string
	columns []string
	rows    [][]string
}

func (d database) read(name string) (*table, error) {
	out, err := run("msiinfo", "export", d.path, name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(out, "\r\n", "\n"), "\x00\n"), "\n")
	if len(lines) < 3 {
		return nil, fmt.Errorf("the MSI has no table %s", name)
	}
	t := &table{name: name, head: [3]string(lines[:3]), columns: strings.Split(lines[0], "\t")}
	for _, line := range lines[3:] {
		row := strings.Split(line, "\t")
		if len(row) != len(t.columns) {
			return nil, fmt.Errorf("table %s: a row of %d columns", name, len(row))
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

func (d database) write(t *table) error {
	var b bytes.Buffer
	for _, line := range t.head {
		b.WriteString(line + "\r\n")
	}
	for _, row := range t.rows {
		b.WriteString(strings.Join(row, "\t") + "\r\n")
	}
	return d.importTable(t.name, b.Bytes())
}

// setCodepage says what the database's text is written in; it has to come before
// the text.
func (d database) setCodepage(page int) error {
	return d.importTable("_ForceCodepage", fmt.Appendf(nil, "\r\n\r\n%d\t_ForceCodepage\r\n", page))
}

func (d database) importTable(name string, idt []byte) error {
	file := filepath.Join(d.folder, name+".idt")
	if err := os.WriteFile(file, idt, 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	_, err := run("msibuild", d.path, "-i", file)
	return err
}

// change writes values into the row of a key, adding the row if there is none.
func (d database) change(name, key string, values map[string]string) error {
	t, err := d.read(name)
	if err != nil {
		return err
	}
	if err := t.set(key, values); err != nil {
		return err
	}
	return d.write(t)
}

func (t *table) set(key string, values map[string]string) error {
	i := slices.IndexFunc(t.rows, func(r []string) bool { return r[0] == key })
	if i < 0 {
		i = len(t.rows)
		t.rows = append(t.rows, make([]string, len(t.columns)))
		t.rows[i][0] = key
	}
	for column, value := range values {
		c := slices.Index(t.columns, column)
		if c < 0 {
			return fmt.Errorf("table %s has no column %s", t.name, column)
		}
		t.rows[i][c] = value
	}
	return nil
}

// run runs a program and returns what it wrote. A program that warns has failed:
// wixl goes on after most of what it does not understand.
func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if err == nil && said.Len() > 0 {
		err = errors.New("a warning")
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, said.Bytes())
	}
	return out.String(), nil
}
