package lpml

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/templates/pdfin"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// label is a template as Cainiao's editor writes one: its own attributes in other name
// spaces, texts in CDATA, a table, and a merchant's area that comes by itself.
const label = `<?xml version="1.0" encoding="UTF-8"?>
<page xmlns="http://cloudprint.cainiao.com/print" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
	xmlns:editor="http://cloudprint.cainiao.com/schema/editor" width="76" height="130" splitable="false">
	<header height="10"><layout left="2" top="2" width="40" height="6"><text style="fontFamily:SimHei;fontSize:12;fontWeight:bold;"><![CDATA[演示快递]]></text></layout></header>
	<layout editor:_for_="1" width="70" height="20" left="3" top="12" style="zIndex:1;">
		<barcode type="code128" style="hideText:false"><![CDATA[<%=_data.waybill%>]]></barcode>
	</layout>
	<layout width="70" height="0.5" left="3" top="34"><line startX="0" startY="0" endX="70" endY="0" style="lineType:dash"/></layout>
	<layout width="48" height="20" left="3" top="36"><text style="fontSize:11;valign:middle"><![CDATA[<%=_data.to.name%> <%=_data.to["phone"]%>
<%=_data.to.address;%>]]></text></layout>
	<layout width="22" height="22" left="52" top="36"><barcode type="qrcode"><![CDATA[https://example.com/<%= _data.waybill %>]]></barcode></layout>
	<layout width="70" height="24" left="3" top="62">
		<table style="cellBorderWidth:0.2"><tr><th width="40" height="6"><text style="fontSize:8;align:center"><![CDATA[商品]]></text></th><th width="15" height="6">件</th><th rowspan="2" height="6"/></tr>
		<tr><td height="8"><text style="fontSize:8"><![CDATA[<%=_data.items[0].name%>]]></text></td><td><text><![CDATA[<%=_data.items[0].n%>]]></text></td></tr></table>
	</layout>
	<layout width="20" height="10" left="3" top="90"><rect/></layout>
	<layout width="10" height="10" left="26" top="90"><image src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAADklEQVR4nGOoY2hkQMIAH+QD/RPqa+4AAAAASUVORK5CYII="/></layout>
</page>`

const data = `{"waybill":"TT0000000001","to":{"name":"演示张三","phone":"13800001234","address":"浙江省杭州市西湖区演示路1号"},"items":[{"name":"演示杯子 <rect/>","n":2}]}`

const area = `<layout xmlns="http://cloudprint.cainiao.com/print" top="105" left="3" width="70" height="20"><layout left="0" top="0" width="70" height="10"><text><![CDATA[备注：<%=_data.remark%><%=_data.nobody.here%>]]></text></layout></layout>`

func part(t testing.TB, template, data string) Part {
	t.Helper()
	p, err := Parse([]byte(template))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	return Part{p, v}
}

func TestALabelIsDrawnAndReadBack(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		d, err := Draw([]Part{part(t, label, data), part(t, area, `{"remark":"小心轻放"}`)}, Paper{Grid: g, Width: scene.MM(76), Height: scene.MM(130)})
		if err != nil {
			t.Fatal(err)
		}
		m, err := raster.Render(d.Page)
		if err == nil {
			err = raster.Check(d.Page, m)
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Numbers) != 1 || d.Numbers[0] != "TT0000000001" {
			t.Errorf("numbers: %q", d.Numbers)
		}
		if err := pdfin.Check(m, g, pdfin.Expected{Symbology: scene.Code128, Texts: []string{"TT0000000001"}}); err != nil {
			t.Error(err)
		}
		if out := os.Getenv("LPML_OUT"); out != "" && g == scene.DPI203 {
			f, _ := os.Create(out)
			m.EncodePNG(f)
			f.Close()
		}
	}
}

// TestWhatIsNotInTheSubsetIsRefused: with a sentence, and without a word of the content.
func TestWhatIsNotInTheSubsetIsRefused(t *testing.T) {
	page := func(inner string) string {
		return `<page width="76" height="130"><layout left="2" top="2" width="60" height="20">` + inner + `</layout></page>`
	}
	for name, src := range map[string]string{
		"a script":             page(`<% if (_data.secret) { %><rect/><% } %>`),
		"an expression":        page(`<text><![CDATA[<%=_data.a+1%>]]></text>`),
		"a function":           page(`<text><![CDATA[<%=alert(1)%>]]></text>`),
		"another object":       page(`<text><![CDATA[<%=_context.secret%>]]></text>`),
		"an include":           page(`<%@ include "http://evil.example/secret.js"%>`),
		"no end":               page(`<text><![CDATA[<%=_data.a]]></text>`),
		"a circle":             page(`<circle/>`),
		"an element in a text": page(`<text><rect/></text>`),
		"text in a box":        page(`secret`),
		"a picture elsewhere":  page(`<image src="http://evil.example/secret.png"/>`),
		"a picture of nothing": page(`<image src="data:image/png;base64,AAAA"/>`),
		"another barcode":      page(`<barcode type="code39"><![CDATA[SECRET]]></barcode>`),
		"an empty barcode":     page(`<barcode type="code128"><![CDATA[<%=_data.none%>]]></barcode>`),
		"a narrow barcode":     page(`<layout width="8" height="8"><barcode type="code128"><![CDATA[SECRET-SECRET-SECRET]]></barcode></layout>`),
		"too much text":        page(`<layout width="8" height="4"><text><![CDATA[` + strings.Repeat("秘密 secret ", 30) + `]]></text></layout>`),
		"an emoji":             page(`<text><![CDATA[🐼secret]]></text>`),
		"a slanting line":      page(`<line startX="0" startY="0" endX="10" endY="10"/>`),
		"a large page":         `<page width="100" height="180"><layout><rect/></layout></page>`,
		"no size":              `<page><layout><rect/></layout></page>`,
		"nothing":              `<page width="76" height="130"/>`,
		"entities":             `<!DOCTYPE page [<!ENTITY a "secret">]><page width="76" height="130"/>`,
		"another root":         `<html><rect/></html>`,
		"no XML":               `<page width="76"`,
		"crossed":              `<page width="76" height="130"><layout></page></layout>`,
		"endless":              page(`<layout width="1e308" height="NaN"><rect/></layout>`),
		"flowing":              `<page width="76" height="130"><layout orientation="vertical"><layout height="9"><rect/></layout><layout height="9"><rect/></layout></layout></page>`,
		"a broken table":       page(`<table><tr><td colspan="0">a</td></tr></table>`),
		"an object as a text":  page(`<text><![CDATA[<%=_data.to%>]]></text>`),
		"deep":                 `<page width="76" height="130">` + strings.Repeat("<layout>", 50) + strings.Repeat("</layout>", 50) + `</page>`,
	} {
		t.Run(name, func(t *testing.T) {
			parsed, err := Parse([]byte(src))
			if err == nil {
				_, err = Draw([]Part{{parsed, map[string]any{"to": map[string]any{"a": "secret"}}}}, Paper{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)})
			}
			if notice.CodeOf(err) != "compat-template" || strings.Contains(strings.ToLower(err.Error()), "secret") || strings.Contains(err.Error(), "秘密") {
				t.Errorf("refused with: %v", err)
			}
		})
	}
}
