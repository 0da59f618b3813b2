package cainiao

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"miandan/agent/internal/api"
	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/compat"
	"miandan/agent/internal/compat/lpml"
)

const (
	dialect = "cainiao"
	vendor  = "Cainiao 菜鸟"
	carrier = "CAINIAO" // as people see who brought the label; the protocol names no carrier
)

// print takes a task. All of its documents are drawn before one is taken, so that a
// task with a document that cannot be printed prints nothing.
func (l *line) print(ctx context.Context, q request) error {
	t, err := l.task(q)
	if err != nil {
		return l.v.Say(ctx, l.refuse(q, err))
	}
	if q.Task.Preview || q.Preview {
		return l.preview(ctx, q)
	}
	labels, err := l.labels(ctx, q, t)
	if err != nil {
		return l.v.Say(ctx, l.refuse(q, err))
	}
	if l.Notices == Newer {
		if err := l.v.Say(ctx, t.initial()); err != nil {
			return err
		}
	}
	for i, label := range labels {
		if label != nil {
			t.documents[i].failure = l.add(ctx, *label)
		}
	}
	l.tasks = append(l.tasks, t)
	return l.v.Say(ctx, q.reply(object{"taskID": t.id}))
}

// task reads what is asked for.
func (l *line) task(q request) (*task, error) {
	g := q.Task
	switch {
	case g == nil || len(g.Documents) == 0:
		return nil, form("the task has no documents", "任务没有内容")
	case !compat.Named(g.ID):
		return nil, form("taskID is not a name of up to 64 characters", "taskID 不是 64 个字符以内的名称")
	case len(g.Documents) > mostDocuments:
		return nil, form("the task has more than 200 documents", "任务超过 200 个文档")
	}
	t := &task{id: g.ID, request: q.ID, printer: g.Printer, wants: g.Notify}
	for _, d := range g.Documents {
		if !compat.Named(d.ID) {
			return nil, form("a documentID is not a name of up to 64 characters", "documentID 不是 64 个字符以内的名称")
		}
		if slices.ContainsFunc(t.documents, func(o *document) bool { return o.id == d.ID }) {
			return nil, form("two documents have one documentID", "documentID 重复")
		}
		t.documents = append(t.documents, &document{id: d.ID, key: compat.Key(g.ID, d.ID)})
	}
	return t, nil
}

// labels makes the labels of a task; nil for a document that was handed in before.
func (l *line) labels(ctx context.Context, q request, t *task) ([]*compat.Label, error) {
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return nil, err
	}
	labels := make([]*compat.Label, len(t.documents))
	for i, d := range t.documents {
		_, err := l.Station.Job(ctx, l.v.ID(), d.key)
		if err == nil {
			continue
		}
		if !errors.Is(err, api.ErrNotFound) {
			return nil, err
		}
		if labels[i], err = l.label(ctx, q.Task.Documents[i], all, q.Task.Printer); err != nil {
			return nil, err
		}
		labels[i].Caller, labels[i].Key, t.printer = l.v.ID(), d.key, labels[i].Printer
		d.sealed = labels[i].Sealed != nil
	}
	for _, label := range labels {
		if label == nil {
			continue
		}
		if refusal := l.v.Spend(); refusal != nil {
			return nil, refusal
		}
	}
	return labels, nil
}

// label makes the label of a document: what is sealed is handed on, what is plain is
// drawn.
func (l *line) label(ctx context.Context, d givenDocument, all []compat.Printer, printer string) (*compat.Label, error) {
	parts, sealed, err := l.parts(ctx, d)
	if err != nil {
		return nil, err
	}
	if sealed {
		p, err := compat.Sealed(all, printer, dialect, vendor)
		if err != nil {
			return nil, err
		}
		number := d.ID
		if !waybill.MatchString(number) {
			return nil, form("the documentID of a sealed label is its waybill number: 6 to 40 letters and digits", "加密面单的 documentID 应为运单号：6 至 40 位字母和数字")
		}
		document, err := cainiao.Document{Dialect: dialect, Contents: d.Contents}.Encode()
		if err != nil {
			return nil, form("a sealed document is not what the component takes", "加密内容不符合打印组件的要求")
		}
		return &compat.Label{Order: number, Number: number, Printer: p.Name, Size: p.Size, Dialect: dialect, Sealed: document, Vendor: carrier}, nil
	}
	p, err := compat.Choose(all, printer, "")
	if err != nil {
		return nil, err
	}
	o := l.offset(p.Name)
	png, number, err := compat.Picture(parts, p, o.right, o.down, d.ID)
	if err != nil {
		return nil, err
	}
	return &compat.Label{Order: d.ID, Number: number, Printer: p.Name, Size: p.Size, Picture: png, Vendor: carrier}, nil
}

// parts reads a document's contents. A template that cannot be had is no matter where
// the vendor's component is to fetch it.
func (l *line) parts(ctx context.Context, d givenDocument) (parts []lpml.Part, sealed bool, err error) {
	var contents []content
	for _, raw := range d.Contents {
		var c content
		if json.Unmarshal(raw, &c) != nil {
			return nil, false, form("a document's content is no object", "文档内容不是对象")
		}
		contents = append(contents, c)
		sealed = sealed || c.Sealed != nil
	}
	if len(contents) == 0 {
		return nil, false, form("a document has no content", "文档没有内容")
	}
	if sealed {
		return nil, true, nil
	}
	for _, c := range contents {
		t, err := l.Templates.Get(ctx, c.Template)
		if err != nil {
			return nil, false, err
		}
		p := lpml.Part{Template: t}
		r := json.NewDecoder(bytes.NewReader(c.Data))
		r.UseNumber() // a waybill number that is written as a number keeps its digits
		if len(c.Data) > 0 && r.Decode(&p.Data) != nil {
			return nil, false, form("data is no JSON", "data 不是 JSON")
		}
		parts = append(parts, p)
	}
	return parts, false, nil
}

// add puts a label on disk, and returns why it is not there.
func (l *line) add(ctx context.Context, label compat.Label) *failure {
	_, err := l.Station.Add(ctx, label)
	if err == nil {
		return nil
	}
	code, why := compat.Why(err, l.v.Language())
	l.Log.Info("label not taken", "channel", "cainiao", "code", code)
	return &failure{status: "failed", code: codeOf(code), why: why}
}

// preview shows a page what its plain documents would look like, as pictures. The
// component serves them as files, which anybody on this computer can read.
func (l *line) preview(ctx context.Context, q request) error {
	refuse := func(err error) error { return l.v.Say(ctx, l.refuse(q, err)) }
	if !l.Preview {
		return refuse(form("previews are switched off at this station", "本机已关闭预览"))
	}
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return refuse(err)
	}
	p, err := compat.Choose(all, q.Task.Printer, "")
	if err != nil {
		return refuse(err)
	}
	var pictures []any
	for _, d := range q.Task.Documents {
		parts, sealed, err := l.parts(ctx, d)
		if sealed {
			return refuse(form("a sealed label cannot be shown", "加密面单无法预览"))
		}
		if err != nil {
			return refuse(err)
		}
		o := l.offset(p.Name)
		png, err := compat.Preview(parts, p, o.right, o.down)
		if err != nil {
			return refuse(err)
		}
		pictures = append(pictures, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(png))
		if len(pictures) == mostShown {
			break
		}
	}
	return l.v.Say(ctx, q.reply(object{"taskID": q.Task.ID, "previewURL": pictures[0], "previewImage": pictures, "previewURLs": pictures}))
}

// mostShown is how many documents of a task are shown.
const mostShown = 10
