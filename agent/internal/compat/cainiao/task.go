package cainiao

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat"
)

var waybill = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)

// task is one of which the page is to be told.
type task struct {
	id, request, printer string
	wants                []string // of notifyType; all if empty
	documents            []*document
	rendered             bool // was told
}

// document is one of a task.
type document struct {
	id, key string
	sealed  bool // what is sealed is drawn by the component, and nobody says when
	failure *failure

	outcome compat.Outcome
	told    bool // by the newer generation, one by one
}

// failure is why a document is not on paper.
type failure struct {
	status string // failed, canceled
	code   int
	why    string
}

// status is a document in the protocol's words.
func (d *document) status(printer string) object {
	status, why := "success", ""
	if d.failure != nil {
		status, why = d.failure.status, d.failure.why
	}
	return object{"documentID": d.id, "status": status, "msg": why, "detail": why, "printer": printer}
}

// settle looks what became of the task's documents, and reports whether it is known of
// all.
func (t *task) settle(l *line, jobs map[string]api.Job) bool {
	all := true
	for _, d := range t.documents {
		if d.failure != nil {
			d.outcome = compat.Failed
			continue
		}
		j, ok := jobs[d.key]
		if !ok {
			all = false
			continue
		}
		outcome, why := compat.Of(j)
		d.outcome = outcome
		if t.printer == "" {
			t.printer = j.Printer
		}
		if why != nil {
			code, text := compat.Why(why, l.v.Language())
			d.failure = &failure{status: "failed", code: codeOf(code), why: text}
			if outcome == compat.Canceled {
				d.failure.status = "canceled"
			}
		}
		all = all && outcome != compat.Pending
	}
	return all
}

// report tells the page what has become of its tasks. Its error is that the page is
// gone.
func (l *line) report(ctx context.Context) error {
	if len(l.tasks) == 0 {
		return nil
	}
	jobs, err := l.jobs(ctx, l.tasks)
	if err != nil {
		l.Log.Error("request failed", "route", "cainiao", "err", err)
		return nil // it is looked at again
	}
	var left []*task
	for _, t := range l.tasks {
		done := t.settle(l, jobs)
		for _, n := range t.news(l.Notices, done) {
			if err := l.v.Say(ctx, n); err != nil {
				return err
			}
		}
		if !done {
			left = append(left, t)
		}
	}
	l.tasks = left
	return nil
}

// jobs finds the labels of tasks.
func (l *line) jobs(ctx context.Context, tasks []*task) (map[string]api.Job, error) {
	list, err := l.Station.Jobs(ctx, l.v.ID(), compat.Remembered)
	if err != nil {
		return nil, err
	}
	all := map[string]api.Job{}
	for _, j := range list {
		all[j.Key] = j
	}
	for _, t := range tasks {
		for _, d := range t.documents {
			if _, ok := all[d.key]; ok || d.failure != nil {
				continue
			}
			j, err := l.Station.Job(ctx, l.v.ID(), d.key)
			if errors.Is(err, api.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all[d.key] = j
		}
	}
	return all, nil
}

// news are the notices that are due.
func (t *task) news(generation string, done bool) []object {
	if generation == Newer {
		return t.newer(done)
	}
	var all []object
	drawn := done || !slices.ContainsFunc(t.documents, func(d *document) bool { return d.sealed })
	anyFailed := slices.ContainsFunc(t.documents, func(d *document) bool { return d.failure != nil })
	if drawn && !t.rendered && !anyFailed {
		t.rendered = true
		if t.asks("render") {
			all = append(all, t.result("rendered"))
		}
	}
	switch {
	case done && anyFailed: // is told whatever was asked for
		all = append(all, t.result("failed"))
	case done && t.asks("print"):
		all = append(all, t.result("printed"))
	}
	return all
}

func (t *task) asks(what string) bool { return len(t.wants) == 0 || slices.Contains(t.wants, what) }

// result is a notice of the older generation.
func (t *task) result(stage string) object {
	n := object{"cmd": "notifyPrintResult", "requestID": t.request, "taskID": t.id, "taskStatus": stage, "printer": t.printer}
	var list []any
	for _, d := range t.documents {
		list = append(list, d.status(t.printer))
		if d.failure != nil && n["errorCode"] == nil {
			n["errorCode"] = d.failure.code
		}
	}
	n["printStatus"] = list
	return n
}

// initial is the first notice of the newer generation, before the reply.
func (t *task) initial() object {
	return object{"cmd": "notifyTaskResult", "requestID": t.request, "taskId": t.id, "status": "initial", "printer": t.printer}
}

// newer are the notices of the newer generation, document by document.
func (t *task) newer(done bool) []object {
	var all []object
	notice := func(d *document, stage string) {
		n := object{"cmd": "notifyDocResult", "requestID": t.request, "taskId": t.id, "documentId": d.id, "status": stage, "printer": t.printer, "code": 0, "detail": ""}
		if d.failure != nil {
			n["code"], n["detail"] = d.failure.code, d.failure.why
		}
		all = append(all, n)
	}
	failed := 0
	states := object{}
	for _, d := range t.documents {
		if d.outcome != compat.Pending && !d.told {
			d.told = true
			if d.failure == nil && t.asks("render") {
				notice(d, "rendered")
			}
			if d.failure != nil || t.asks("print") {
				notice(d, "printed")
			}
		}
		state := object{"status": "success"}
		if d.failure != nil {
			failed++
			state["status"] = d.failure.status
		}
		states[d.id] = state
	}
	if done {
		status := "completeSuccess"
		if failed > 0 {
			status = "completeFailed"
		}
		if canceled := slices.ContainsFunc(t.documents, func(d *document) bool { return d.outcome != compat.Canceled }); !canceled {
			status = "canceled"
		}
		all = append(all, object{"cmd": "notifyTaskResult", "requestID": t.request, "taskId": t.id, "status": status, "printer": t.printer, "docs": states})
	}
	return all
}
