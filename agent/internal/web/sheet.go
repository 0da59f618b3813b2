package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/templates/barcode"
)

//go:embed sheet
var sheetFiles embed.FS

// CommandPrefix begins each command's barcode. No number of a platform or a
// carrier that is known begins with a full stop, and no scanner needs another
// keyboard for it than for digits.
const CommandPrefix = "..MD."

// Command is one barcode of the sheet that is printed once and stands on the
// bench: what a scanner can tell the page.
type Command struct {
	Code             string // what the scanner reads, after CommandPrefix
	Chinese, English string
	About            string // in both languages, where the name is not enough
}

// Commands lists them as they stand on the sheet. What each does is in
// commands.js.
func Commands() []Command {
	return []Command{
		{"PRINT", "扫码打印", "Scan to print", ""},
		{"CONFIRM", "扫码核对", "Scan to confirm", ""},
		{"NEXT", "打印最急的一单", "Print the most urgent", ""},
		{"CLEAR", "清空重扫", "Start again", "清除已扫商品 · forgets scanned goods"},
		{"YES", "是", "Yes", "回答第一个问题 · the first question"},
		{"NO", "否", "No", "回答第一个问题 · the first question"},
		{"PAUSE", "停止打印", "Stop printing", ""},
		{"RESUME", "继续打印", "Go on printing", ""},
		{"TORN", "补打上一张：撕坏", "Reprint the last: torn", "请先销毁旧面单 · destroy the old label"},
		{"FAINT", "补打上一张：不清", "Reprint the last: too faint", "请先销毁旧面单 · destroy the old label"},
		{"LOST", "补打上一张：丢失", "Reprint the last: lost", ""},
		{"PLACE", "下一个页面", "Next page", ""},
	}
}

// Text is what a scanner reads.
func (c Command) Text() string { return CommandPrefix + c.Code }

// bars is a barcode as a drawing of whole modules.
type bars struct {
	Modules int    // with the white on both sides
	Path    string // one rectangle a bar, one module high
}

// MM is how wide the drawing is on paper: 0.4 mm a module, which any scanner reads
// from any office printer.
func (b bars) MM() string { return fmt.Sprintf("%.1fmm", 0.4*float64(b.Modules)) }

// Bars draws the command's barcode.
func (c Command) Bars() (bars, error) {
	s, err := barcode.Code128(c.Text())
	if err != nil {
		return bars{}, fmt.Errorf("command %s: %w", c.Code, err)
	}
	var path strings.Builder
	row := s.Bits[0]
	for i := 0; i < len(row); i++ {
		if !row[i] {
			continue
		}
		from := i
		for i+1 < len(row) && row[i+1] {
			i++
		}
		fmt.Fprintf(&path, "M%d 0h%dv1h-%dz", s.Quiet+from, i+1-from, i+1-from)
	}
	return bars{len(row) + 2*s.Quiet, path.String()}, nil
}

// sheet serves the commands at /sheet, to be printed on A4. It names nobody and
// needs no token.
func sheet(mux *http.ServeMux, station notice.Language) {
	page := template.Must(template.ParseFS(sheetFiles, "sheet/sheet.html"))
	for _, name := range []string{"sheet.css", "sheet.js"} {
		mux.HandleFunc("/static/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, sheetFiles, "sheet/"+name)
		})
	}
	mux.HandleFunc("/sheet", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := page.Execute(&b, sheetView{view{language: api.LanguageOf(r, station)}}); err != nil {
			http.Error(w, "the sheet's template failed", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	})
}

type sheetView struct{ view }

// Commands are what stands on the sheet.
func (sheetView) Commands() []Command { return Commands() }
