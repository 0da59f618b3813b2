package cainiaosim

// Style is how a component of one platform and age talks.
type Style struct {
	Name string
	Path string // of the WebSocket; "" for any
	// Push is the notice about a task, "notifyPrintResult" or Pinduoduo's
	// "PrintResultNotify".
	Push string
	// Newer sends notifyTaskResult and notifyDocResult, with taskId in place of
	// taskID, and the reply to the task second.
	Newer bool
	// NoRequest leaves the requestID out of notices.
	NoRequest bool
	// OneNotice says nothing of the rendering.
	OneNotice bool
	Limit     int // documents in a task; 0 for any number
}

// The components that are known. Which notices Xiaohongshu's sends is guessed to
// be as Cainiao's older one does.
var (
	CainiaoOld  = Style{Name: "cainiao", Push: "notifyPrintResult"}
	CainiaoNew  = Style{Name: "cainiao", Push: "notifyPrintResult", Newer: true}
	PDD         = Style{Name: "pdd", Push: "PrintResultNotify", NoRequest: true, OneNotice: true}
	Douyin      = Style{Name: "douyin", Push: "notifyPrintResult", OneNotice: true}
	Kuaishou    = Style{Name: "kuaishou", Push: "notifyPrintResult", OneNotice: true, Path: "/ks/printer", Limit: 10}
	Xiaohongshu = Style{Name: "xiaohongshu", Push: "notifyPrintResult"}
)

// Styles returns all of them.
func Styles() []Style { return []Style{CainiaoOld, CainiaoNew, PDD, Douyin, Kuaishou, Xiaohongshu} }

// notice is a stage of a task as an older component tells it. why is "" for a
// document that came through.
func (s Style) notice(t *task, stage, why string, code int) object {
	status := "success"
	if why != "" {
		status = "failed"
	}
	var documents []any
	for _, d := range t.documents {
		e := object{"documentID": d.id, "status": status, "msg": why, "detail": why, "printer": t.printer}
		if s.Name == "douyin" {
			e["successCount"], e["failCount"], e["errorcode"] = 1, 0, ""
			if why != "" {
				e["successCount"], e["failCount"], e["errorcode"] = 0, 1, "E1"
			}
		}
		documents = append(documents, e)
	}
	n := object{"cmd": s.Push, "taskID": t.id, "taskStatus": stage, "printer": t.printer, "printStatus": documents}
	if !s.NoRequest {
		n["requestID"] = t.request
	}
	if code != 0 {
		n["errorCode"] = code
	}
	switch {
	case s.Name == "pdd" && why != "":
		n["firstFailedDocSN"] = 0
	case s.Name == "kuaishou":
		n["status"] = status
	}
	return n
}

// documentNotice is a stage of one document as a newer component tells it.
func documentNotice(t *task, d *document, stage, why string, code int) object {
	n := object{
		"cmd": "notifyDocResult", "requestID": t.request, "taskId": t.id, "documentId": d.id, "status": stage,
		"printer": t.printer, "code": code, "detail": why,
	}
	if stage == "printed" {
		n["spendTime"] = object{"downloading": 3, "rendering": 4, "pending": 1, "total": 8}
	}
	return n
}

// taskNotice is the state of a whole task. How the map of its documents looks is
// guessed.
func taskNotice(t *task, state string) object {
	n := object{"cmd": "notifyTaskResult", "requestID": t.request, "taskId": t.id, "status": state, "printer": t.printer}
	if state != "initial" {
		documents := object{}
		for _, d := range t.documents {
			documents[d.id] = object{"status": d.state}
		}
		n["docs"] = documents
	}
	return n
}

func reply(t *task) object {
	return object{"cmd": "print", "requestID": t.request, "taskID": t.id, "status": "success", "msg": "no error", "errorCode": 0}
}

func refusal(q request, why string, code int) object {
	return object{"cmd": q.Command, "requestID": q.Request, "taskID": q.Task.ID, "status": "failed", "msg": why, "errorCode": code}
}
