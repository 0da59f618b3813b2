package componentsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
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

// do has a request done and returns the reply. An error is the journal's.
func (c *Component) do(q request) (object, error) {
	c.printing.Lock()
	defer c.printing.Unlock()
	switch {
	case q.Version == "3" || q.Cmd != "" || q.malformed && q.RequestID != "":
		return c.three(q)
	case q.malformed:
		return answer(q, codePrint, statusFormat, "数据格式错误", nil), nil
	}
	return c.oneOrTwo(q)
}

func encode(reply object) []byte {
	b, err := json.Marshal(reply)
	if err != nil {
		// Replies are made of maps, lists, texts and numbers, which always encode.
		panic(fmt.Sprintf("componentsim: reply does not encode: %v", err))
	}
	return b
}

// denied is a reply of the same protocol to the same request that says it has
// failed and not whether anything came out.
func denied(reply object) object {
	r := maps.Clone(reply)
	if reply["cmd"] != nil {
		r["code"], r["message"], r["detail"] = threeSystem, "系统异常", object{}
		return r
	}
	r["success"], r["status"], r["message"], r["content"] = "false", statusData, "系统异常", ""
	r["detailinfo"] = object{"detail": []any{}, "errors": []any{}, "info": ""}
	return r
}

// refusal is one that says that nothing came out.
func refusal(reply object) object {
	r := denied(reply)
	if r["cmd"] != nil {
		r["code"] = threeInvalid
		return r
	}
	r["detailinfo"] = object{"total": "0-1", "detail": []any{}, "errors": []any{object{"seq": "1", "msg": "解密失败"}}, "info": ""}
	return r
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

func (c *Component) oneOrTwo(q request) (object, error) {
	switch q.kind() {
	case "get_printers":
		c.serving()
		r := answer(q, codePrinters, statusOK, "获取打印机列表成功", object{"printers": c.config.Printers})
		r["content"] = strings.Join(c.config.Printers, ",")
		return r, nil
	case "print":
		c.serving()
		return c.printOneOrTwo(q)
	case "pre_view":
		c.serving()
		return c.preview(q, false), nil
	case "pre_view:multi":
		c.serving()
		return c.preview(q, true), nil
	}
	return answer(q, codePrint, statusFormat, "不支持的orderType", nil), nil
}

// serving counts a request that was understood.
func (c *Component) serving() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served++
}

// printer finds a printer by its name; without one it is the default (guessed).
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
func (c *Component) printOneOrTwo(q request) (object, error) {
	contents := q.contents()
	if len(contents) == 0 {
		return answer(q, codePrint, statusFormat, "打印数据为空", nil), nil
	}
	var r result
	name, ok := c.printer(q.Parameters.PrintName)
	for i, l := range c.labels(contents) {
		why := "打印机不存在"
		if ok {
			var err error
			if why, err = c.print(name, q.Key, l); err != nil {
				return nil, err
			}
		}
		if why != "" {
			r.bad(i, why)
		} else {
			r.good(i)
		}
	}
	message := "打印数据有误"
	switch {
	case len(r.errors) == 0:
		return answer(q, codePrint, statusOK, "打印成功", r.info(len(contents))), nil
	case !ok:
		message = "打印机不存在"
	}
	return answer(q, codePrint, statusData, message, r.info(len(contents))), nil
}

// print puts a label on paper and journals it, or says why not. An error is the
// journal's: the label may then have come out.
func (c *Component) print(printer, task string, l label) (why string, err error) {
	if l.fault != "" {
		return l.fault, nil
	}
	l.Printer, l.Task = printer, task
	if c.config.Paper != nil && c.config.Paper(l.Paper) != nil {
		return "打印机异常", nil
	}
	return "", c.journal.Append(Entry{
		At: c.config.Clock(), Task: task, Waybill: l.Document.Waybill, Package: l.Document.Package, Printer: printer,
	})
}
