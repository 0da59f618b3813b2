package cainiaosim

import (
	"context"
	"slices"
)

// task is what the component knows of one.
type task struct {
	id, request, printer string
	documents            []*document
}

type document struct {
	id, waybill string
	copies      int
	state       string // initial, rendered, success, failed
	why         string
	code        int
}

func (d *document) status() object {
	return object{"documentID": d.id, "status": d.state, "msg": d.why}
}

func (t *task) states() []any {
	var all []any
	for _, d := range t.documents {
		all = append(all, d.status())
	}
	return all
}

// accept takes a task on. known is one that it has seen before, which is told
// again and not printed again (guessed).
func (c *Component) accept(q request) (t *task, known bool, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served[q.Command]++
	if t := c.tasks[q.Task.ID]; t != nil {
		return t, true, ""
	}
	t = &task{id: q.Task.ID, request: q.Request, printer: q.Task.Printer}
	if t.printer == "" && len(c.config.Printers) > 0 {
		t.printer = c.config.Printers[0].Name
	}
	switch {
	case t.id == "" || len(q.Task.Documents) == 0:
		return nil, false, "打印数据为空"
	case c.config.Style.Limit > 0 && len(q.Task.Documents) > c.config.Style.Limit:
		return nil, false, "文档数量超过限制"
	case !slices.ContainsFunc(c.config.Printers, func(p Printer) bool { return p.Name == t.printer }):
		return nil, false, "打印机不存在"
	}
	for _, d := range q.Task.Documents {
		t.documents = append(t.documents, &document{id: d.ID, copies: min(max(d.Copies, 1), 99), state: "initial"})
	}
	c.tasks[t.id] = t
	return t, false, ""
}

// set changes a document's state; a question may come at any time.
func (c *Component) set(d *document, state, why string, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.state, d.why, d.code = state, why, code
}

// render opens all documents of a task. The first that cannot be opened spoils
// the task (guessed).
func (c *Component) render(t *task, given []givenDocument) (why string, code int) {
	for i, d := range t.documents {
		waybill, why, code := c.open(given[i])
		if why != "" {
			c.set(d, "failed", why, code)
			return why, code
		}
		d.waybill = waybill
		c.set(d, "rendered", "", 0)
	}
	return "", 0
}

// paper puts a task's documents out.
func (c *Component) paper(t *task) (why string) {
	c.printing.Lock()
	defer c.printing.Unlock()
	disabled := slices.ContainsFunc(c.config.Printers, func(p Printer) bool { return p.Name == t.printer && p.Disabled })
	for _, d := range t.documents {
		for range d.copies {
			e := Entry{Task: t.id, Document: d.id, Waybill: d.waybill, Printer: t.printer}
			if disabled || c.config.Paper != nil && c.config.Paper(e) != nil {
				c.set(d, "failed", "打印机缺纸或异常", 30)
				return "打印机缺纸或异常"
			}
			c.journal.append(e)
		}
		c.set(d, "success", "", 0)
	}
	return ""
}

// print has a task printed and tells the client as the plan wants it.
func (l *line) print(ctx context.Context, q request, p plan) {
	c := l.component
	if p.fault == Refuses {
		l.send(ctx, refusal(q, "系统繁忙", 99))
		return
	}
	t, known, why := c.accept(q)
	switch {
	case why != "":
		l.tell(ctx, p, refusal(q, why, 3))
		return
	case q.Task.Preview:
		r := reply(t)
		r["previewURL"] = "http://127.0.0.1:13530/preview.pdf"
		l.tell(ctx, p, reply(t), r)
		return
	case known:
		l.tell(ctx, p, l.again(t)...)
		return
	}
	if p.fault == DropBetween {
		l.send(ctx, reply(t))
		l.hangUp()
		sleep(c.life, p.away)
	}
	stage := ""
	why, code := c.render(t, q.Task.Documents)
	if why != "" {
		stage = "rendered"
	} else if why = c.paper(t); why != "" {
		stage, code = "printed", 30
	}
	if !sleep(c.life, p.after) {
		return
	}
	if p.fault == CrashAfter {
		c.crash(p.away)
		return
	}
	story := l.story(t, stage, why, code)
	switch p.fault {
	case Denies:
		story = []any{reply(t), c.config.Style.notice(t, "failed", "系统异常", 0)}
	case Recants:
		story = append([]any{refusal(q, "系统繁忙", 99)}, story...)
	}
	l.tell(ctx, p, story...)
}

// story is all that is told of a task, in order: to the stage at which it failed
// or to its end. That an older component calls a task that could not be rendered
// "failed" is as seen; what it calls one that could not be printed is guessed.
func (l *line) story(t *task, stage, why string, code int) []any {
	l.component.mu.Lock()
	defer l.component.mu.Unlock()
	s := l.component.config.Style
	if !s.Newer {
		all := []any{reply(t)}
		switch {
		case stage == "rendered":
			return append(all, s.notice(t, "failed", why, code))
		case !s.OneNotice:
			all = append(all, s.notice(t, "rendered", "", 0))
		}
		if stage == "printed" {
			return append(all, s.notice(t, "failed", why, code))
		}
		return append(all, s.notice(t, "printed", "", 0))
	}
	all := []any{taskNotice(t, "initial"), reply(t)}
	for _, d := range t.documents {
		if stage == "rendered" {
			all = append(all, documentNotice(t, d, "rendered", why, code))
			continue
		}
		all = append(all, documentNotice(t, d, "rendered", "", 0), documentNotice(t, d, "printed", why, code))
	}
	if stage != "" {
		return append(all, taskNotice(t, "completeFailed"))
	}
	return append(all, s.notice(t, "rendered", "", 0), taskNotice(t, "completeSuccess"))
}

// again is what is told of a task that came a second time.
func (l *line) again(t *task) []any {
	l.component.mu.Lock()
	last := *t.documents[len(t.documents)-1]
	l.component.mu.Unlock()
	switch {
	case last.state == "success":
		return l.story(t, "", "", 0)
	case last.state == "failed" && last.code == 30:
		return l.story(t, "printed", last.why, last.code)
	case last.state == "failed":
		return l.story(t, "rendered", last.why, last.code)
	}
	return []any{reply(t)} // the notices are to come
}
