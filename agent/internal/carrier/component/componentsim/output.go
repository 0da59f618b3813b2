package componentsim

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// Kinds of output of protocol 3.
const (
	toPrinter = 0
	toFile    = 1
	toReply   = 2
)

// given is what came of labels in one way of giving them out.
type given struct {
	came   int    // labels that came out
	why    string // not all did; empty if they did
	broken bool   // that is the component's or the printer's fault, not the client's

	printer, path, data string
}

// reply is what the client hears of it.
func (g given) reply(o output) object {
	code := 1
	if g.why != "" {
		code = -1
	}
	r := object{"outputType": o.OutputType, "code": code, "message": g.why}
	switch o.OutputType {
	case toPrinter:
		r["printer"] = g.printer
	case toFile:
		r["fileType"], r["filePath"] = o.FileType, g.path
	case toReply:
		r["printer"], r["fileType"], r["fileData"] = o.PrinterName, o.FileType, g.data
	}
	return r
}

// output gives labels out in one way. An error is the journal's.
func (c *Component) output(task string, o output, labels []label) (given, error) {
	switch o.OutputType {
	case toPrinter:
		return c.toPrinter(task, o, labels)
	case toFile:
		return c.toFile(task, o, labels)
	case toReply:
		content, err := c.draw(o.FileType, documents(labels))
		if err != nil {
			return undrawn(err), nil
		}
		return given{came: len(labels), data: base64.StdEncoding.EncodeToString(content)}, nil
	}
	return given{why: "不支持的outputType"}, nil
}

func (c *Component) toPrinter(task string, o output, labels []label) (g given, err error) {
	var ok bool
	if g.printer, ok = c.printer(o.PrinterName); !ok {
		g.why = "打印机不存在"
		return g, nil
	}
	for _, l := range labels {
		if g.why, err = c.print(g.printer, task, l); g.why != "" || err != nil {
			g.broken = true
			return g, err
		}
		g.came++
	}
	return g, nil
}

// toFile writes labels to one file, only ever into the one folder: what the
// client says is but a name. What fileRatio does to it is not known.
func (c *Component) toFile(task string, o output, labels []label) (given, error) {
	name := filepath.Base(filepath.Clean(strings.ReplaceAll(o.FilePath, `\`, "/")))
	if c.config.Folder == "" || !filepath.IsLocal(name) || name == "." {
		return given{why: "不能写入文件"}, nil
	}
	content, err := c.draw(o.FileType, documents(labels))
	if err != nil {
		return undrawn(err), nil
	}
	g := given{path: filepath.Join(c.config.Folder, name)}
	if err := os.WriteFile(g.path, content, 0o600); err != nil {
		return given{why: "不能写入文件", broken: true}, nil
	}
	for _, l := range labels {
		e := Entry{At: c.config.Clock(), Task: task, Waybill: l.Document.Waybill, Package: l.Document.Package, File: name}
		if err := c.journal.Append(e); err != nil {
			return g, err
		}
		g.came++
	}
	return g, nil
}

func documents(labels []label) []sheet.Document {
	var all []sheet.Document
	for _, l := range labels {
		all = append(all, l.Document)
	}
	return all
}

// undrawn says why nothing was drawn.
func undrawn(err error) given {
	if errors.Is(err, errFileType) {
		return given{why: "不支持的fileType"}
	}
	return given{why: "渲染失败", broken: true}
}
