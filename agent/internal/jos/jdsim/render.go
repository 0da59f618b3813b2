package jdsim

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// filesPath is where rendered files lie on LOP's server.
const filesPath = "/cloud/print/files/"

// mostFiles is how many rendered files are kept; the oldest go first.
const mostFiles = 500

// pageSuffix is how the pictures of several packages differ.
const pageSuffix = "-%d"

// templates lists the standard templates of the carriers, by their codes.
func (g *Gateway) templates(carrier string) []any {
	carriers := []string{"JD", "JDKY", "JDDJ"}
	for _, k := range g.stock {
		carriers = append(carriers, k.ProviderCode)
	}
	lists := []any{}
	for _, cp := range carriers {
		if carrier != "" && carrier != cp {
			continue
		}
		code := templateCode(cp)
		lists = append(lists, object{"cpCode": cp, "standardTemplates": []any{object{
			"standardTemplateCode": code, "standardTemplateName": "标准模板76x130 " + cp,
			"standardTemplateUrl": "https://template-content.jd.com/template-oss?tempCode=" + code,
		}}})
	}
	return lists
}

// templateCode is the code of a carrier's 76 × 130 mm template.
func templateCode(carrier string) string {
	switch carrier {
	case "JD":
		return "jdkd76x130"
	case "JDKY", "JDDJ":
		return strings.ToLower(carrier) + "76x130"
	}
	return strings.ToLower(carrier) + "kd76x130"
}

// getTemplates is /cloud/print/getTemplates. How its lists nest is uncertain.
func (g *Gateway) getTemplates(c *call) (object, error) {
	return object{"code": pullOK, "message": pullDone, "data": object{
		"standardTemplateList": g.templates(text(c.args, "cpCode")),
		"userTemplateList":     object{}, "isvTemplateList": object{}, "devUserTemplateList": object{},
	}}, nil
}

// templateList is jingdong.printing.template.getTemplateList. The pieces have
// been seen, how they lie in the answer is guessed.
func (g *Gateway) templateList(c *call) (object, error) {
	arg, ok := child(c.args, "param1")
	if !ok {
		return g.no(c, pullParam, "参数错误：param1 不能为空"), nil
	}
	data := object{"standardTemplates": []any{}, "userTemplates": []any{}, "customAreas": []any{}, "isvResources": []any{}}
	switch text(arg, "templateType") {
	case "", "1":
		data["standardTemplates"] = g.templates(text(arg, "cpCode"))
	case "4":
		data["customAreas"] = []any{object{
			"customAreaId": "customer002", "customAreaName": "自定义区", "cpCode": text(arg, "cpCode"), "keys": []any{"shop", "goods"},
			"customAreaUrl": "https://template-content.jd.com/template-open?templateCode=customer002",
		}}
	case "2", "3":
	default:
		return g.no(c, pullParam, "参数错误：templateType 应为1到4"), nil
	}
	return object{"returnType": object{"code": pullOK, "message": pullDone, "data": data}}, nil
}

// render is /cloud/print/render. Its answer has not been seen in a client, and
// what its numbers mean is not known: fileFormat 1 is taken for PDF and 2 for
// PNG, outputType and dataFormat are handed back as they came. The Dialect
// says which of the guesses the answer follows.
func (g *Gateway) render(c *call) (object, error) {
	outputs, prints := children(c.args, "outputConfig"), children(c.args, "printData")
	switch {
	case text(c.args, "customerCode") != g.config.CustomerCode && text(c.args, "customerCode") != g.config.VendorID:
		return g.no(c, pullForeign, "customerCode 不存在"), nil
	case len(outputs) == 0 || len(outputs) > 3:
		return g.no(c, pullParam, "参数错误：outputConfig 应为1到3个"), nil
	case len(prints) == 0 || len(prints) > pullMostLOP:
		return g.no(c, pullParam, fmt.Sprintf("参数错误：printData 应为1到%d个", pullMostLOP)), nil
	}
	var documents []sheet.Document
	var entries []Entry
	for _, p := range prints {
		ds, code, message := g.printable(c, p)
		if code != pullOK {
			return g.no(c, code, message), nil
		}
		documents = append(documents, ds...)
		entries = append(entries, Entry{Event: Rendered, Order: ds[0].Order, Carrier: ds[0].Carrier, Number: ds[0].Waybill})
	}
	const mostPages = 100
	if len(documents) > mostPages {
		return g.no(c, pullParam, "参数错误：包裹过多"), nil
	}
	results := []any{}
	for _, o := range outputs {
		files, err := g.draw(text(o, "fileFormat"), documents)
		if err != nil {
			return g.no(c, pullParam, "面单渲染失败"), nil
		}
		if files == nil {
			return g.no(c, pullParam, "参数错误：fileFormat"), nil
		}
		for _, f := range files {
			result := object{"outputType": o["outputType"], "dataFormat": o["dataFormat"], "fileFormat": o["fileFormat"]}
			if g.config.Dialect.RenderInline {
				result["data"] = base64.StdEncoding.EncodeToString(f.content)
			} else {
				result["url"] = c.base + filesPath + g.keep(f)
			}
			results = append(results, result)
		}
	}
	if err := g.record(c, entries...); err != nil {
		return nil, err
	}
	name := "result"
	if g.config.Dialect.RenderData {
		name = "data"
	}
	return object{"code": pullOK, "msg": pullDone, name: results}, nil
}

func refuseRender(_ Dialect, code, message string) object {
	return object{"code": code, "msg": message, "result": nil}
}

// printable returns the labels that one PrintDataDTO asks for: of a number of
// this gateway as the gateway knows them, of another from the caller's data.
func (g *Gateway) printable(c *call, p object) ([]sheet.Document, string, string) {
	carrier, number := text(p, "carrierCode"), text(p, "billCodeValue")
	if t := text(c.args, "templateCode"); t != templateCode(carrier) && t != templateCode(carrier)+"isv" {
		return nil, pullParam, "模板不存在：templateCode"
	}
	if g.config.Dialect.RenderJDOnly && !jdFamily(carrier) {
		return nil, pullForeign, "不支持的承运商：carrierCode"
	}
	one := ""
	if text(p, "billCodeType") == "packageCode" {
		one = number
		number, _, _ = strings.Cut(number, "-")
	}
	documents, code, message := g.pullable(carrier, number, object{"orderNo": text(p, "orderNumber"), "popFlag": "1"})
	if given, ok := child(p, "customerPrintData"); ok && code != pullOK && text(given, "receiverMobile") != "" {
		if strings.Contains(text(given, "receiverMobile"), "*") || number == "" || len(number) > 40 {
			return nil, pullParam, "参数错误：customerPrintData 不能为脱敏数据"
		}
		documents, code = []sheet.Document{{
			Waybill: number, Index: 1, Total: 1, Carrier: carrier, Order: text(p, "orderNumber"), Remark: text(given, "remark"),
			Sender:   sheet.Party{Name: text(given, "senderName"), Phone: text(given, "senderMobile"), Address: text(given, "senderAddress")},
			Receiver: sheet.Party{Name: text(given, "receiverName"), Phone: text(given, "receiverMobile"), Address: text(given, "receiverAddress")},
		}}, pullOK
	}
	if code != pullOK {
		return nil, code, message
	}
	first, last := 1, len(documents)
	if n, ok := whole(p, "packageBeginIndex"); ok && n > 0 {
		first = n
	}
	if n, ok := whole(p, "packageEndIndex"); ok && n > 0 {
		last = n
	}
	var chosen []sheet.Document
	for _, d := range documents {
		if d.Index >= first && d.Index <= last && (one == "" || d.Package == one) {
			chosen = append(chosen, d)
		}
	}
	if len(chosen) == 0 {
		return nil, pullUnknown, "包裹不存在"
	}
	return chosen, pullOK, ""
}

// file is a rendered file.
type file struct {
	ending  string
	content []byte
}

// draw renders labels: one PDF for all, or one PNG for each. There are none of
// a format that is not known.
func (g *Gateway) draw(format string, documents []sheet.Document) ([]file, error) {
	style := sheet.Style{Fonts: g.config.PrintFonts}
	var b bytes.Buffer
	switch format {
	case "1", "PDF":
		err := style.PDF(&b, documents...)
		return []file{{".pdf", b.Bytes()}}, err
	case "2", "PNG":
		var files []file
		for i, d := range documents {
			b = bytes.Buffer{}
			if err := style.PNG(&b, d); err != nil {
				return nil, err
			}
			files = append(files, file{fmt.Sprintf(pageSuffix+".png", i+1), b.Bytes()})
		}
		return files, nil
	}
	return nil, nil
}

// keep puts a file where it can be fetched, under a name that nobody guesses,
// and returns the name.
func (g *Gateway) keep(f file) string {
	secret := make([]byte, 16)
	// It never fails: where there is no randomness Go ends the program.
	_, _ = rand.Read(secret)
	name := hex.EncodeToString(secret) + f.ending
	g.files[name] = f.content
	g.filed = append(g.filed, name)
	if len(g.filed) > mostFiles {
		delete(g.files, g.filed[0])
		g.filed = g.filed[1:]
	}
	return name
}

// serveFile gives a rendered file to whoever knows its name.
func (g *Gateway) serveFile(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	content, ok := g.files[path.Base(r.URL.Path)]
	g.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(content))
}
