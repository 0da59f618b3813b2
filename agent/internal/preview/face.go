package preview

import (
	"fmt"
	"path/filepath"

	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// face is what preview.html is filled with.
type face struct {
	Lang    string
	File    string
	Grids   []choice
	Cases   []choice
	Samples []choice // none if the data is a file's
	say     notice.Language
}

type choice struct {
	Value, Words string
	Chosen       bool
}

func (p *Preview) face(language notice.Language, grid scene.Grid) face {
	f := face{Lang: "en", File: filepath.Base(p.file), say: language}
	if language == notice.Chinese {
		f.Lang = "zh-CN"
	}
	for _, g := range grids(grid) {
		f.Grids = append(f.Grids, choice{fmt.Sprint(g), fmt.Sprintf("%.0f dpi", g*25.4), scene.Grid(g) == grid})
	}
	for i, c := range lint.Cases(waybill.Label{Waybill: waybill.Waybill{Parcels: make([]waybill.Parcel, 1)}}) {
		words := c.English
		if language == notice.Chinese {
			words = c.Chinese
		}
		f.Cases = append(f.Cases, choice{c.Key, words, i == 0})
	}
	if p.data == "" {
		for _, name := range templates.SampleNames() {
			f.Samples = append(f.Samples, choice{Value: name, Words: name})
		}
	}
	return f
}

// Say returns a word of the page.
func (f face) Say(key string) (string, error) {
	w, ok := words()[key]
	if !ok {
		return "", fmt.Errorf("the page has no word %q", key)
	}
	return w[f.say], nil
}

func words() map[string][2]string {
	return map[string][2]string{
		"preview":  {"Preview", "预览"},
		"head":     {"Print head", "打印头"},
		"case":     {"Sample", "样例"},
		"data":     {"Waybill", "运单"},
		"suits":    {"as the layout's name says", "按版式名选"},
		"zoom":     {"Zoom", "放大"},
		"edge":     {"Paper's edge", "纸边"},
		"findings": {"What to look at", "检查结果"},
		"none":     {"Nothing to find fault with.", "没有发现问题。"},
		"broken":   {"There is no label yet: correct this and save.", "暂时没有面单：请改正后保存。"},
		"lost":     {"The preview has ended. Start it again with miandan templates preview.", "预览已结束。请重新运行 miandan templates preview。"},
		"script":   {"This page needs JavaScript. Allow it for this address.", "本页需要 JavaScript，请为此地址启用。"},
		"label":    {"The label", "面单"},
	}
}
