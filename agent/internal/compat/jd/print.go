package jd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/compat"
	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/notice"
)

// printers answers GET_Printers.
func (l *line) printers(ctx context.Context, q request) object {
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return l.refuse(q, codePrinters, err)
	}
	names := []string{}
	for _, p := range all {
		if p.Dialect == "" || p.Dialect == dialect {
			names = append(names, p.Name)
		}
	}
	r := q.reply(codePrinters, statusFine, "获取打印机列表成功", object{"printers": names})
	r["content"] = strings.Join(names, ",")
	return r
}

// print answers PRINT when it is known what became of each label. All labels are made
// before one is taken, so that a request with a bad one prints nothing.
func (l *line) print(ctx context.Context, q request) object {
	labels, keys, refusal := l.labels(ctx, q)
	if refusal != nil {
		return refusal
	}
	failed := map[int]string{}
	for i, label := range labels {
		if label == nil {
			continue // handed in before
		}
		if _, err := l.Station.Add(ctx, *label); err != nil {
			code, why := compat.Why(err, l.v.Language())
			l.Log.Info("label not taken", "channel", "jd", "code", code)
			failed[i] = why
		}
	}
	end := time.After(l.Patience)
	for {
		changed := l.v.Changed()
		r, settled := l.outcome(ctx, keys, failed)
		if settled {
			return l.told(q, r, len(keys))
		}
		select {
		case <-changed:
		case <-time.After(time.Second):
		case <-end:
			return l.told(q, r, len(keys))
		case <-ctx.Done():
			return l.told(q, r, len(keys))
		}
	}
}

func (l *line) told(q request, r *result, all int) object {
	if len(r.errors) == 0 {
		return q.reply(codePrint, statusFine, "打印成功", r.info(all))
	}
	return q.reply(codePrint, statusData, "打印未全部完成", r.info(all))
}

// outcome is what became of labels, and whether it is known of all.
func (l *line) outcome(ctx context.Context, keys []string, failed map[int]string) (*result, bool) {
	r, settled := &result{}, true
	for i, key := range keys {
		if why := failed[i]; why != "" {
			r.bad(i, why)
			continue
		}
		j, err := l.Station.Job(ctx, l.v.ID(), key)
		if err != nil {
			_, why := compat.Why(err, l.v.Language())
			r.bad(i, why)
			continue
		}
		outcome, refusal := compat.Of(j)
		switch {
		case outcome == compat.Success:
			r.good(i)
		case refusal != nil:
			r.bad(i, refusal.Text(l.v.Language()))
		default:
			settled = false
			r.bad(i, notice.Text(l.v.Language(), "compat-waits"))
		}
	}
	return r, settled
}

// labels makes the labels of a request; nil for one that was handed in before.
func (l *line) labels(ctx context.Context, q request) (labels []*compat.Label, keys []string, refusal object) {
	refuse := func(err error) ([]*compat.Label, []string, object) { return nil, nil, l.refuse(q, codePrint, err) }
	contents := q.contents()
	switch {
	case len(contents) == 0 || len(contents) > mostContents:
		return refuse(form("it has no labels, or more than 200", "没有打印数据或超过 200 条"))
	case !compat.Named(q.Key):
		return refuse(form("key is not a name of up to 64 characters", "key 不是 64 个字符以内的名称"))
	}
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return refuse(err)
	}
	var bad result
	for i, c := range contents {
		key := compat.Key(q.Key, strconv.Itoa(i+1))
		keys = append(keys, key)
		_, err := l.Station.Job(ctx, l.v.ID(), key)
		if err == nil {
			labels = append(labels, nil)
			continue
		}
		if !errors.Is(err, api.ErrNotFound) {
			return refuse(err)
		}
		label, err := l.label(ctx, c, all, q.Parameters.Printer)
		if err != nil {
			_, why := compat.Why(err, l.v.Language())
			bad.bad(i, why)
			continue
		}
		label.Caller, label.Key = l.v.ID(), key
		labels = append(labels, label)
	}
	if len(bad.errors) > 0 {
		return nil, nil, q.reply(codePrint, statusData, "打印数据有误", bad.info(len(contents)))
	}
	for _, label := range labels {
		if label == nil {
			continue
		}
		if refusal := l.v.Spend(); refusal != nil {
			return refuse(refusal)
		}
	}
	return labels, keys, nil
}

// label makes one label: what is sealed is handed on, what is plain is drawn.
func (l *line) label(ctx context.Context, c content, all []compat.Printer, printer string) (*compat.Label, error) {
	if !c.plain() {
		return sealed(c, all, printer)
	}
	p, err := compat.Choose(all, printer, "")
	if err != nil {
		return nil, err
	}
	parts, err := l.parts(ctx, c)
	if err != nil {
		return nil, err
	}
	png, number, err := compat.Picture(parts, p, 0, 0, "")
	if err != nil {
		return nil, err
	}
	return &compat.Label{Order: number, Number: number, Printer: p.Name, Size: p.Size, Picture: png, Vendor: carrier}, nil
}

// sealed makes a label of JD's sealed print data. Its number is in the seal; here it is
// known by the seal itself, so that the same data under another key is the same label.
func sealed(c content, all []compat.Printer, printer string) (*compat.Label, error) {
	p, err := compat.Sealed(all, printer, dialect, vendor)
	if err != nil {
		return nil, err
	}
	d := component.Document{TemplateURL: c.Template, CustomURL: c.Area}
	if json.Unmarshal(c.Data, &d.Data) != nil || len(c.Custom) > 0 && json.Unmarshal(c.Custom, &d.Custom) != nil {
		return nil, form("printData is no text, or customData no object", "printData 不是文本，或 customData 不是对象")
	}
	document, err := d.Encode()
	if err != nil {
		return nil, form("the sealed print data is not what the component takes", "加密打印数据不符合打印组件的要求")
	}
	sum := sha256.Sum256([]byte(d.Data))
	number := "SEALED" + strings.ToUpper(hex.EncodeToString(sum[:10]))
	return &compat.Label{Order: number, Number: number, Printer: p.Name, Size: p.Size, Dialect: dialect, Sealed: document, Vendor: carrier}, nil
}

// parts are the templates of a plain label with their data: the page's own values, and
// before them those of the merchant's area.
func (l *line) parts(ctx context.Context, c content) (parts []lpml.Part, err error) {
	data := map[string]any{}
	for _, raw := range []json.RawMessage{c.Data, c.Custom} {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			raw = json.RawMessage(text) // JSON within a text, as some clients send it
		}
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		var fields map[string]any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if d.Decode(&fields) != nil {
			return nil, form("printData or customData is no object", "printData 或 customData 不是对象")
		}
		for name, value := range fields {
			data[name] = value
		}
	}
	for _, address := range []string{c.Template, c.Area} {
		if strings.TrimSpace(address) == "" {
			continue
		}
		template := []byte(address)
		if s := strings.TrimSpace(address); s[0] != '[' && s[0] != '{' {
			if template, err = l.Templates.Raw(ctx, address); err != nil {
				return nil, err
			}
		}
		t, err := lpml.ParseJD(template)
		if err != nil {
			return nil, err
		}
		parts = append(parts, lpml.Part{Template: t, Data: data})
	}
	if len(parts) == 0 {
		return nil, form("a label has no template", "缺少模板")
	}
	return parts, nil
}

// mostShown is how many labels are shown at once.
const mostShown = 10

// preview shows a page what its plain labels would look like.
func (l *line) preview(ctx context.Context, q request, most int) object {
	refuse := func(err error) object { return l.refuse(q, codePreview, err) }
	contents := q.contents()
	switch {
	case !l.Preview:
		return refuse(form("previews are switched off at this station", "本机已关闭预览"))
	case len(contents) == 0:
		return refuse(form("it has no labels", "没有打印数据"))
	}
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return refuse(err)
	}
	p, err := compat.Choose(all, q.Parameters.Printer, "")
	if err != nil {
		return refuse(err)
	}
	var r result
	var pictures []string
	for i, c := range contents[:min(len(contents), most)] {
		if !c.plain() {
			return refuse(form("a sealed label cannot be shown", "加密面单无法预览"))
		}
		parts, err := l.parts(ctx, c)
		if err != nil {
			return refuse(err)
		}
		png, err := compat.Preview(parts, p, 0, 0)
		if err != nil {
			return refuse(err)
		}
		r.good(i)
		pictures = append(pictures, base64.StdEncoding.EncodeToString(png))
	}
	detail := r.info(len(contents))
	detail["imgdata"], detail["imgpath"] = pictures[0], ""
	if most > 1 {
		detail["imgdatas"] = pictures // how the component gives several is not known
	}
	reply := q.reply(codePreview, statusFine, "预览成功", detail)
	reply["content"] = pictures[0]
	return reply
}
