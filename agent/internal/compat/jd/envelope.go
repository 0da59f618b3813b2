package jd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"miandan/agent/internal/compat"
	"miandan/agent/internal/notice"
)

// object is a JSON object of a reply.
type object = map[string]any

// Values of a reply's code and status.
const (
	codePrint    = "2"
	codePrinters = "6"
	codePreview  = "8"
	statusFine   = "500"
	statusData   = "502" // the data, or the printer, is bad
	statusForm   = "503" // the request is
)

// request is a message of either version. What it does not know of one is left unread.
type request struct {
	Key        string     `json:"key"`
	Order      string     `json:"orderType"`
	DataType   string     `json:"dataType"`
	Parameters parameters `json:"parameters"`
}

type parameters struct {
	Printer  string `json:"printName"`
	DataType string `json:"dataType"`
	// Version 2.
	Contents []content `json:"contents"`
	// Version 1: lists of the same length.
	Template string            `json:"tempUrl"`
	Area     string            `json:"customTempUrl"`
	Data     []json.RawMessage `json:"printData"`
	Custom   []json.RawMessage `json:"customData"`
}

// content is one label.
type content struct {
	Template string          `json:"tempUrl"`
	Area     string          `json:"customTempUrl"`
	Data     json.RawMessage `json:"printData"`
	Custom   json.RawMessage `json:"customData"`
	DataType string          `json:"dataType"`
}

// mostContents is how many labels a request may have; version 3 says so of itself.
const mostContents = 200

// read reads a message; ok is false if it is none of the protocol.
func read(message []byte) (q request, ok bool) {
	d := json.NewDecoder(bytes.NewReader(message))
	if d.Decode(&q) != nil {
		var head struct {
			Key any `json:"key"`
		}
		_ = json.Unmarshal(message, &head) // of what is no JSON nothing can be told
		q = request{}
		q.Key, _ = head.Key.(string)
	} else if _, err := d.Token(); err == io.EOF {
		ok = true
	}
	if len(q.Key) > 128 {
		q.Key = ""
	}
	return q, ok
}

// contents makes one list of both versions' labels. Clients were seen that write
// version 1 and send what version 2 has, so what is there decides.
func (q request) contents() []content {
	p := q.Parameters
	list := p.Contents
	if len(list) == 0 {
		for i, data := range p.Data {
			c := content{Template: p.Template, Area: p.Area, Data: data}
			if i < len(p.Custom) {
				c.Custom = p.Custom[i]
			}
			list = append(list, c)
		}
	}
	for i := range list {
		// It has been seen in all three places.
		list[i].DataType = strings.ToLower(cmp.Or(list[i].DataType, p.DataType, q.DataType))
	}
	return list
}

// plain reports whether the page's own data is in the open.
func (c content) plain() bool { return c.DataType == "app" || c.DataType == "plain" }

// result is what came of labels, counted from 1.
type result struct {
	detail, errors []any
}

func (r *result) good(i int) {
	r.detail = append(r.detail, object{"seq": strconv.Itoa(i + 1), "msg": "成功"})
}

func (r *result) bad(i int, why string) {
	r.errors = append(r.errors, object{"seq": strconv.Itoa(i + 1), "msg": why})
}

func (r *result) info(all int) object {
	return object{"total": fmt.Sprintf("%d-%d", len(r.detail), all), "detail": append([]any{}, r.detail...), "errors": append([]any{}, r.errors...), "info": ""}
}

// reply is one; all its scalars are texts, as the component's are.
func (q request) reply(code, status, message string, detail object) object {
	return object{
		"key": q.Key, "code": code, "success": strconv.FormatBool(status == statusFine), "status": status, "message": message, "content": "", "detailinfo": detail,
	}
}

// refuse says why a request is not done.
func (l *line) refuse(q request, code string, err error) object {
	sort, why := compat.Why(err, l.v.Language())
	l.Log.Info("request refused", "channel", "jd", "code", sort)
	status := statusData
	if sort == "compat-form" || sort == "compat-command" {
		status = statusForm
	}
	return q.reply(code, status, why, (&result{}).info(0))
}

// answer does what a message asks.
func (l *line) answer(ctx context.Context, message []byte) object {
	q, ok := read(message)
	if !ok {
		return l.refuse(q, codePrint, form("it is not the JSON of the protocol", "不是协议规定的 JSON"))
	}
	switch strings.ToLower(q.Order) {
	case "get_printers":
		return l.printers(ctx, q)
	case "print":
		return l.print(ctx, q)
	case "pre_view":
		return l.preview(ctx, q, 1)
	case "pre_view:multi":
		return l.preview(ctx, q, mostShown)
	}
	return l.refuse(q, codePrint, notice.New("compat-command", nil))
}
