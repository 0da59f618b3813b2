package cainiaosim

import (
	"encoding/json"
	"testing"
)

// FuzzRequest puts whatever comes through the component: it never breaks, and
// nothing comes out that its key has not sealed.
func FuzzRequest(f *testing.F) {
	key := NewKey("fuzz")
	sealed := string(key.Seal(CainiaoOld, "ZT1"))
	good := `{"cmd":"print","requestID":"A","version":"1.0","task":{"taskID":"A","printer":"","documents":[{"documentID":"A","contents":[` + sealed + `]}]}}`
	for _, s := range []string{
		good, `{"cmd":"getPrinters","requestID":"A","version":"1.0"}`, `{"cmd":"getTaskStatus","requestID":"A","version":"1.0","taskID":["A"]}`,
		`{"cmd":"getDocumentStatus","requestID":"A","version":"1.0","documentIDs":["A"]}`, `{"cmd":{},"requestID":[]}`, `{`, ``,
		`{"cmd":"print","requestID":"A","version":"1.0","task":{"taskID":"A","documents":[{"documentID":"A","copy":-1,"contents":[null,7,{}]}]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		c, err := New(Config{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		q, ok := parse(message)
		if !ok {
			return
		}
		if q.Command != "print" {
			if !json.Valid(encode(c.answer(q))) {
				t.Error("the answer is no JSON")
			}
			return
		}
		task, known, why := c.accept(q)
		if known || why != "" {
			return
		}
		if why, _ := c.render(task, q.Task.Documents); why != "" {
			return
		}
		l := &line{component: c}
		for _, frame := range l.story(task, "", c.paper(task), 0) {
			if !json.Valid(encode(frame)) {
				t.Error("a notice is no JSON")
			}
		}
		for _, e := range c.Journal() {
			if e.Waybill != "ZT1" {
				t.Errorf("%q came out", e.Waybill)
			}
		}
	})
}

// TestOnlyItsOwnSeal opens what the key sealed and nothing else.
func TestOnlyItsOwnSeal(t *testing.T) {
	key := NewKey("mine")
	for _, s := range Styles() {
		var part content
		if err := json.Unmarshal(key.Seal(s, "ZT1"), &part); err != nil || part.Sealed == nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if number, ok := key.open(*part.Sealed, part.Signature); !ok || number != "ZT1" {
			t.Errorf("%s: open = %q, %v", s.Name, number, ok)
		}
		if _, ok := key.open(*part.Sealed, "MD:other"); ok {
			t.Errorf("%s: it opens with another signature", s.Name)
		}
		if _, ok := NewKey("other").open(*part.Sealed, NewKey("other").sign(*part.Sealed)); ok {
			t.Errorf("%s: it opens with another key", s.Name)
		}
	}
}

// TestCopies prints as many as are asked for: a client must not ask for two by
// accident.
func TestCopies(t *testing.T) {
	key := NewKey("mine")
	c, err := New(Config{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q, ok := parse([]byte(`{"cmd":"print","requestID":"R","version":"1.0","task":{"taskID":"T","documents":[{"documentID":"A","copy":2,"contents":[` + string(key.Seal(CainiaoOld, "ZT1")) + `]}]}}`))
	if !ok {
		t.Fatal("it is no request")
	}
	task, _, _ := c.accept(q)
	c.render(task, q.Task.Documents)
	c.paper(task)
	if n := len(c.Journal()); n != 2 {
		t.Errorf("%d labels came out of two copies", n)
	}
}
