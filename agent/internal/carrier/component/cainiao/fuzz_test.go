package cainiao

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/hostile"
	"miandan/printer"
)

// FuzzWord reads what a component says of a task: nothing is printed without a
// word for it, nothing is refused by a word that is good, and no word of a
// component names anybody.
func FuzzWord(f *testing.F) {
	for _, frame := range []string{
		ack, ackBare, ackFailed, ackShown, oldRendered, oldSpoilt, oldPrinted, oldFailed, oldSealed, oldCanceled, newInitial, newRendered, newPrinted,
		newSpoilt, newJammed, newDone, newDoneOdd, newUndone, pddPrinted, pddFailed, douyinPrinted, douyinPart, kuaishouPart, kuaishouFailed,
		taskDone, taskFailed, taskUnknown, documentOut,
	} {
		f.Add([]byte(strings.ReplaceAll(frame, "KEY", "A1")))
	}
	for _, frame := range hostile.JSON(strings.ReplaceAll(oldFailed, "KEY", "A1")) {
		f.Add(frame)
	}
	f.Add([]byte(`{"cmd":"print","status":"failed","msg":"收件人 ` + hostile.Name + ` 13800001234"}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		if !hostile.Short(frame) {
			return
		}
		hostile.Bounded(t, len(frame), func() {
			keyOf(frame)
			s := read(frame, "A1", "A1")
			escaped := bytes.Contains(frame, []byte(`\`))
			holds := func(texts ...string) bool {
				low := strings.ToLower(string(frame))
				return escaped || slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(low, text) })
			}
			switch {
			case s.word == printed && !holds("printed", "success"):
				t.Errorf("printed by the word of %.300q", frame)
			case s.word == refused && !holds("failed", "rendered", "40"):
				t.Errorf("refused by the word of %.300q", frame)
			}
			if s.words != "" && strings.Contains(s.words, hostile.Name) {
				return // a name by itself cannot be told from any other word
			}
			hostile.Silent(t, &component.RefusedError{Status: s.status, Words: s.words})
		})
	})
}

// FuzzPrinters reads a component's list of printers.
func FuzzPrinters(f *testing.F) {
	for _, frame := range hostile.JSON(`{"cmd":"getPrinters","requestID":"K","status":"success","defaultPrinter":"P","printers":[{"name":"P","status":"enable","type":"thermal"},{"name":"Q","status":"disable"}],"errorCode":0}`) {
		f.Add(frame)
	}
	f.Add([]byte(`{"printers":["P",{"name":7},null]}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		hostile.Bounded(t, len(frame), func() {
			all, err := readPrinters(frame)
			if err != nil && (len(all) > 0 || errors.Is(err, printer.ErrUnprinted)) {
				t.Errorf("%d printers with the error %v", len(all), err)
			}
		})
	})
}

// FuzzDocument reads the sealed document of a job, which others put together.
// One that passes has its sealed part in the task byte for byte, is of one copy
// and leads the component to no file.
func FuzzDocument(f *testing.F) {
	good, err := sealedFor("cainiao").Encode()
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range hostile.JSON(string(good)) {
		f.Add(b)
	}
	for _, content := range []string{
		`{"encryptedData":"x","templateURL":"file:///etc/passwd"}`, `{"encryptedData":"x","templateURL":"https://a.example/","templateurl":"file:///c:/x"}`,
		`{"encryptedData":"x","templateURL":"https://a.example/","templateURL":"file:///c:/x"}`, `{"encryptedData":"x","templateURL":"https://a.example/","data":{"a":[[{"templateUrl":7}]]}}`,
		`[{"encryptedData":"x","templateURL":"https://a.example/"}]`, `{"encryptedData":"x","templateURL":"https://u:p@a.example/"}`,
	} {
		f.Add([]byte(`{"dialect":"pdd","contents":[` + content + `],"beside":{"copy":2}}`))
		f.Add([]byte(`{"dialect":"pdd","contents":[` + content + `]}`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !hostile.Short(b) {
			return
		}
		hostile.Bounded(t, len(b), func() {
			d, err := decode(b)
			hostile.Silent(t, err)
			if err != nil {
				return
			}
			again, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			second, err := decode(again)
			if err != nil || len(second.Contents) != len(d.Contents) || second.ID != d.ID && valid(d.ID) {
				t.Fatalf("it does not come back: %v", err)
			}
			for i, c := range d.Contents {
				if !bytes.Equal(second.Contents[i], c) {
					t.Errorf("content %d comes back as another", i)
				}
			}
			frame, err := (&Transport{dialect: Dialect{Name: d.Dialect}}).print("A1", d)
			if err != nil || !json.Valid(frame) {
				t.Fatalf("no task of it: %v", err)
			}
			var task struct {
				Task struct {
					Documents []map[string]json.RawMessage `json:"documents"`
				} `json:"task"`
			}
			if json.Unmarshal(frame, &task) != nil || len(task.Task.Documents) != 1 {
				t.Fatal("the task has not just one document")
			}
			for name := range task.Task.Documents[0] {
				if strings.EqualFold(name, "copy") || strings.EqualFold(name, "copies") {
					t.Errorf("%s stands in the task", name)
				}
			}
			for _, c := range d.Contents {
				if !bytes.Contains(frame, c) {
					t.Error("a content is not in the task as it came")
				}
			}
			if low := bytes.ToLower(frame); bytes.Contains(low, []byte(`"templateurl":"file:`)) {
				t.Errorf("it leads to a file: %.300q", frame)
			}
		})
	})
}

// valid reports whether a text is the same after it was written as JSON.
func valid(s string) bool { return strings.ToValidUTF8(s, "") == s }
