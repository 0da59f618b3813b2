package cainiao

import (
	"context"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat"
)

// taskStatus answers getTaskStatus, for the page's own latest tasks. One that is not
// known is left out, as the component does.
func (l *line) taskStatus(ctx context.Context, q request) (object, error) {
	jobs, err := l.Station.Jobs(ctx, l.v.ID(), compat.Remembered)
	if err != nil {
		return nil, err
	}
	tasks := []any{}
	for i, id := range q.Tasks {
		if i == mostDocuments {
			break
		}
		detail := []any{}
		for _, j := range jobs {
			if task, document, ok := compat.Names(j.Key); ok && task == id {
				detail = append([]any{l.became(j, document)}, detail...)
			}
		}
		if len(detail) > 0 {
			tasks = append(tasks, object{"taskID": id, "detailStatus": detail})
		}
	}
	return q.reply(object{"printStatus": tasks}), nil
}

// documentStatus answers getDocumentStatus. How the component's list is called is not
// known; this is its neighbours' name for one.
func (l *line) documentStatus(ctx context.Context, q request) (object, error) {
	jobs, err := l.Station.Jobs(ctx, l.v.ID(), compat.Remembered)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i, id := range q.Documents {
		if i == mostDocuments {
			break
		}
		found := false
		for _, j := range jobs {
			if _, document, ok := compat.Names(j.Key); ok && document == id {
				list, found = append(list, l.became(j, document)), true
				break // the newest
			}
		}
		if !found {
			list = append(list, object{"documentID": id, "status": "failed", "msg": "", "errorCode": codeUnknownDocument})
		}
	}
	return q.reply(object{"printStatus": list}), nil
}

// became is a label in the words of the two questions.
func (l *line) became(j api.Job, document string) object {
	outcome, why := compat.Of(j)
	o := object{"documentID": document, "status": map[compat.Outcome]string{compat.Pending: "pending", compat.Success: "success", compat.Failed: "failed", compat.Canceled: "canceled"}[outcome], "msg": ""}
	if why != nil {
		code, text := compat.Why(why, l.v.Language())
		o["msg"], o["errorCode"] = text, codeOf(code)
	}
	return o
}
