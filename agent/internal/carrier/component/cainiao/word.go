package cainiao

import (
	"encoding/json"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/outbound"
)

// word is what a component says of one document in one frame.
type word uint8

const (
	nothing  word = iota // that anybody could rely on
	taken                // it has the task
	rendered             // the document is drawn
	printed              // the document is with the printer, as far as the component knows
	refused              // given up before it went to a printer
	failed               // given up, nobody knows when
)

// said is a word, with the component's own text if it is a bad one.
type said struct {
	word          word
	status, words string // for people, without anything about a person
	asked         bool   // the component was asked
}

// message is a frame of the component. Cases do not count in its names, so that
// taskID and taskId are the same.
type message struct {
	Command  scalar  `json:"cmd"`
	Task     scalar  `json:"taskID"`
	Document scalar  `json:"documentID"`
	Status   scalar  `json:"status"`
	Stage    scalar  `json:"taskStatus"`
	Error    scalar  `json:"errorCode"`
	Code     scalar  `json:"code"`
	Words    scalar  `json:"msg"`
	Detail   scalar  `json:"detail"`
	Preview  scalar  `json:"previewURL"`
	Of       entries `json:"printStatus"`

	frame []byte
}

// entry is one document in a notice, or one task in an answer.
type entry struct {
	Task     scalar  `json:"taskID"`
	Document scalar  `json:"documentID"`
	Status   scalar  `json:"status"`
	Words    scalar  `json:"msg"`
	Detail   scalar  `json:"detail"`
	Error    scalar  `json:"errorcode"`
	Failures scalar  `json:"failCount"` // Douyin's
	Of       entries `json:"detailStatus"`
}

// scalar is a text, a number or a truth as a text in lower case for comparing;
// "" if it is anything else.
type scalar string

func (s *scalar) UnmarshalJSON(b []byte) error {
	var t jos.Text
	if len(b) > 0 && t.UnmarshalJSON(b) == nil {
		*s = scalar(t)
	}
	return nil
}

func (s scalar) is(texts ...string) bool {
	for _, t := range texts {
		if strings.EqualFold(strings.TrimSpace(string(s)), t) {
			return true
		}
	}
	return false
}

// entries is a list, of which some components send the only one without brackets.
type entries []entry

func (e *entries) UnmarshalJSON(b []byte) error {
	var one entry
	switch {
	case json.Unmarshal(b, (*[]entry)(e)) == nil:
	case len(b) > 0 && b[0] == '{' && json.Unmarshal(b, &one) == nil:
		*e = entries{one}
	default:
		*e = nil
	}
	return nil
}

// cipherUnknown is the code of data that the component cannot open. Without that
// nothing can be drawn, whatever the notice says of the stage.
const cipherUnknown = "40"

// read says what a frame says of a document in a task.
func read(frame []byte, task, document string) said {
	var m message
	if json.Unmarshal(frame, &m) != nil {
		return said{}
	}
	m.frame = frame
	var s said
	switch strings.ToLower(string(m.Command)) {
	case "print":
		s = m.reply()
	case "notifyprintresult", "printresultnotify": // the latter is Pinduoduo's
		s = m.printNotice(document)
	case "notifydocresult":
		s = m.documentNotice(document)
	case "notifytaskresult":
		s = m.taskNotice(document)
	case "gettaskstatus", "getdocumentstatus":
		s = m.answer(task, document)
		s.asked = true
	}
	s.status, s.words = outbound.Words(s.status), outbound.Words(s.words)
	return s
}

func (m message) bad(w word, more ...scalar) said {
	s := said{word: w}
	for _, t := range append(more, m.Error, m.Code, m.Stage, m.Status) {
		if t != "" && t != "0" && s.status == "" {
			s.status = string(t)
		}
	}
	for _, t := range []scalar{m.Words, m.Detail} {
		if t != "" {
			s.words = strings.TrimPrefix(s.words+": "+string(t), ": ")
		}
	}
	return s
}

func (m message) unreadable() bool { return m.Error.is(cipherUnknown) || m.Code.is(cipherUnknown) }

// reply reads the reply to the task itself, which is no word of any paper. One
// that fails refuses the task as a whole, before any document was looked at: the
// reference has it so for the envelope in general, and for this command by
// inference.
func (m message) reply() said {
	switch {
	case m.Preview != "":
		return said{} // that is of a picture on the screen
	case m.Status.is("failed"):
		return m.bad(refused)
	case m.Status.is("success", "") && m.Error.is("", "0"):
		return said{word: taken}
	}
	return said{}
}

// printNotice reads the notice of all components of which only Cainiao's newer
// ones have others besides.
func (m message) printNotice(document string) said {
	bad, good := said{}, false
	for _, e := range m.Of {
		if e.Document != "" && string(e.Document) != document {
			continue
		}
		switch {
		case e.Status.is("failed", "canceled") || !e.Failures.is("", "0"):
			bad = m.badEntry(e)
		case e.Status.is("success"):
			good = true
		}
	}
	silent := len(m.Of) == 0 || good
	switch {
	case m.Stage.is("rendered") && bad.word != nothing && !bad.canceled():
		bad.word = refused // what was not rendered is not printed
		return bad
	case bad.word != nothing:
		return bad
	case m.Stage.is("failed", "partPrinted") || m.Status.is("failed"):
		return m.stageUnknown()
	case m.Stage.is("printed") && silent:
		return said{word: printed}
	case m.Stage.is("rendered") && silent:
		return said{word: rendered}
	}
	return said{}
}

func (s said) canceled() bool { return strings.EqualFold(s.status, "canceled") }

// badEntry is a document that did not come through. When it was given up the
// notice's stage must tell.
func (m message) badEntry(e entry) said {
	m.Words, m.Detail = e.Words, e.Detail
	if m.Error.is("", "0") {
		m.Error = e.Error
	}
	if e.Status.is("canceled") { // by a person, in the middle of the paper for all we know
		return m.bad(failed, e.Status)
	}
	return m.stageUnknown()
}

func (m message) stageUnknown() said {
	if m.unreadable() {
		return m.bad(refused)
	}
	return m.bad(failed)
}

// documentNotice reads the notice of Cainiao's newer components. A document that
// failed at one stage does not come to the next.
func (m message) documentNotice(document string) said {
	if m.Document != "" && string(m.Document) != document {
		return said{}
	}
	good := m.Code.is("", "0")
	switch {
	case m.Status.is("rendered") && good:
		return said{word: rendered}
	case m.Status.is("printed") && good:
		return said{word: printed}
	case m.Status.is("rendered"):
		return m.bad(refused)
	case m.Status.is("printed", "failed", "canceled") || !good:
		return m.stageUnknown()
	}
	return said{}
}

// taskNotice reads the notice of a task of one document.
func (m message) taskNotice(document string) said {
	switch {
	case m.Status.is("initial"):
		return said{word: taken}
	case m.Status.is("completeSuccess"):
		if states := statesOf(m.frame, document); len(states) > 0 && !allOf(states, "printed", "success", "completeSuccess") {
			return m.bad(failed)
		}
		return said{word: printed}
	case m.Status.is("completeFailed", "canceled"):
		return m.bad(failed)
	}
	return said{}
}

// answer reads the answer to a question about the task or the document. That
// "success" is the word for a document that was printed, and not for one that
// was drawn, is inferred: Pinduoduo knows no other good state.
func (m message) answer(task, document string) said {
	if m.Status.is("failed") && len(m.Of) == 0 {
		return said{} // the question
	}
	var states []scalar
	if m.Command.is("getTaskStatus") {
		for _, t := range m.Of {
			for _, e := range t.Of {
				if string(t.Task) == task && string(e.Document) == document {
					states, m.Words, m.Detail = append(states, e.Status), e.Words, e.Detail
				}
			}
		}
	} else {
		states = statesOf(m.frame, document)
	}
	switch {
	case len(states) == 0:
		return said{}
	case allOf(states, "success", "printed", "completeSuccess"):
		return said{word: printed}
	case anyOf(states, "failed", "canceled", "completeFailed"):
		return m.bad(failed, states[0])
	case allOf(states, "rendered"):
		return said{word: rendered}
	case allOf(states, "initial", "pending", "printing", "rendering"):
		return said{word: taken}
	}
	return said{}
}

// keyOf is the request that a frame answers.
func keyOf(frame []byte) string {
	var head struct {
		Key scalar `json:"requestID"`
	}
	if json.Unmarshal(frame, &head) != nil {
		return ""
	}
	return string(head.Key)
}
