package componentsim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"slices"
	"strconv"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// object is a JSON object of a reply.
type object = map[string]any

// Values of a reply's status.
const (
	statusOK     = "500"
	statusData   = "502" // the data is bad, or the printer
	statusFormat = "503" // the message is
)

// Values of a reply's code.
const (
	codePrint    = "2"
	codePrinters = "6"
	codePreview  = "8"
)

// do has a request done and returns the reply.
func (c *Component) do(q request) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	var reply object
	switch {
	case q.Version == "3" || q.Cmd != "" || q.malformed && q.RequestID != "":
		reply = c.three(q)
	case q.malformed:
		reply = answer(q, codePrint, statusFormat, "数据格式错误", nil)
	default:
		reply = c.oneOrTwo(q)
	}
	b, err := json.Marshal(reply)
	if err != nil {
		// Replies are made of maps, lists, texts and numbers, which always encode.
		panic(fmt.Sprintf("componentsim: reply does not encode: %v", err))
	}
	return b
}

// answer is a reply of protocols 1 and 2. All its scalars are texts, "false"
// too.
func answer(q request, code, status, message string, detail object) object {
	if detail == nil {
		detail = object{"total": "0-0", "detail": []any{}, "errors": []any{}, "info": ""}
	}
	return object{
		"key": q.Key, "code": code, "success": strconv.FormatBool(status == statusOK), "status": status,
		"message": message, "content": "", "detailinfo": detail,
	}
}

func (c *Component) oneOrTwo(q request) object {
	switch q.kind() {
	case "get_printers":
		c.served++
		r := answer(q, codePrinters, statusOK, "获取打印机列表成功", object{"printers": c.config.Printers})
		r["content"] = strings.Join(c.config.Printers, ",")
		return r
	case "print":
		c.served++
		return c.printOneOrTwo(q)
	case "pre_view":
		c.served++
		return c.preview(q, false)
	case "pre_view:multi":
		c.served++
		return c.preview(q, true)
	}
	return answer(q, codePrint, statusFormat, "不支持的orderType", nil)
}

// printer finds a printer by its name; without one it is the default's.
func (c *Component) printer(name string) (string, bool) {
	if name == "" && len(c.config.Printers) > 0 {
		return c.config.Printers[0], true
	}
	return name, slices.Contains(c.config.Printers, name)
}

// result is what came of labels, with numbers from 1.
type result struct{ detail, errors []any }

func (r *result) good(i int) {
	r.detail = append(r.detail, object{"seq": strconv.Itoa(i + 1), "msg": "成功"})
}

func (r *result) bad(i int, why string) {
	r.errors = append(r.errors, object{"seq": strconv.Itoa(i + 1), "msg": why})
}

// info is the detailinfo.
func (r *result) info(total int) object {
	if r.detail == nil {
		r.detail = []any{}
	}
	if r.errors == nil {
		r.errors = []any{}
	}
	return object{"total": fmt.Sprintf("%d-%d", len(r.detail), total), "detail": r.detail, "errors": r.errors, "info": ""}
}

// printOneOrTwo prints. That the good labels of a request come out though
// others are bad is guessed.
func (c *Component) printOneOrTwo(q request) object {
	contents := q.contents()
	if len(contents) == 0 {
		return answer(q, codePrint, statusFormat, "打印数据为空", nil)
	}
	var r result
	name, ok := c.printer(q.Parameters.PrintName)
	for i, l := range c.labels(contents) {
		if !ok {
			r.bad(i, "打印机不存在")
			continue
		}
		if why := c.print(name, l); why != "" {
			r.bad(i, why)
			continue
		}
		r.good(i)
	}
	if len(r.errors) > 0 {
		message := "打印数据有误"
		if !ok {
			message = "打印机不存在"
		}
		return answer(q, codePrint, statusData, message, r.info(len(contents)))
	}
	return answer(q, codePrint, statusOK, "打印成功", r.info(len(contents)))
}

// print puts a label on paper and journals it, or says why not.
func (c *Component) print(printer string, l label) string {
	if l.fault != "" {
		return l.fault
	}
	if c.config.Paper != nil {
		if err := c.config.Paper(Paper{printer, l.template, l.document, l.custom}); err != nil {
			return "打印机异常"
		}
	}
	if err := c.journal.append(Entry{At: c.config.Clock(), Waybill: l.document.Waybill, Package: l.document.Package, Printer: printer}); err != nil {
		return "组件异常"
	}
	return ""
}

// preview draws the first label, or all of them below each other (guessed).
func (c *Component) preview(q request, all bool) object {
	labels := c.labels(q.contents())
	if len(labels) == 0 {
		return answer(q, codePreview, statusFormat, "打印数据为空", nil)
	}
	if !all {
		labels = labels[:1]
	}
	var r result
	var documents []sheet.Document
	for i, l := range labels {
		if l.fault != "" {
			r.bad(i, l.fault)
			continue
		}
		r.good(i)
		documents = append(documents, l.document)
	}
	picture, err := c.picture(documents)
	if len(r.errors) > 0 || err != nil {
		return answer(q, codePreview, statusData, "打印数据有误", r.info(len(labels)))
	}
	detail := r.info(len(labels))
	detail["imgdata"], detail["imgpath"] = picture, ""
	reply := answer(q, codePreview, statusOK, "预览成功", detail)
	reply["content"] = picture
	return reply
}

// picture draws labels below each other as a PNG in base64.
func (c *Component) picture(documents []sheet.Document) (string, error) {
	const width, height = sheet.Width * sheet.DotsPerMM, sheet.Height * sheet.DotsPerMM
	img := image.NewGray(image.Rect(0, 0, width, height*len(documents)))
	for i, d := range documents {
		one, err := c.config.Style.Picture(d)
		if err != nil {
			return "", err
		}
		draw.Draw(img, image.Rect(0, i*height, width, (i+1)*height), one, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
