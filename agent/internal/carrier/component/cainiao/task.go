package cainiao

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"miandan/agent/internal/carrier/component"
)

// request is the envelope of a question: cmd, requestID and version, and
// whatever names the caller.
func (t *Transport) request(command, key string, more map[string]any) ([]byte, error) {
	q := map[string]any{"cmd": command, "requestID": key, "version": "1.0"}
	for field, value := range t.caller {
		q[field] = value
	}
	maps.Copy(q, more)
	return json.Marshal(q)
}

// print is a task of one document, in one copy, to be printed and not shown. Its
// request, task and document carry the same name: the attempt's own, so that the
// component knows the task again if it ever saw it twice, and can be asked for it.
func (t *Transport) print(name string, d Document) ([]byte, error) {
	if d.Dialect != t.dialect.Name {
		return nil, component.ErrNoDocument
	}
	var b bytes.Buffer
	b.WriteString(`{"cmd":"print","requestID":` + quoted(name) + `,"version":"1.0"`)
	for _, field := range slices.Sorted(maps.Keys(t.caller)) {
		b.WriteString("," + quoted(field) + ":" + quoted(t.caller[field]))
	}
	b.WriteString(`,"task":{"taskID":` + quoted(name) + `,"preview":false,"printer":` + quoted(t.address.Printer))
	if t.dialect.notifies {
		b.WriteString(`,"notifyType":["render","print"]`)
	}
	b.WriteString(`,"documents":[{"documentID":` + quoted(documentID(name, d)))
	d.writeBeside(&b, ",")
	b.WriteString(`,"contents":`)
	d.writeContents(&b)
	b.WriteString("}]}}")
	return b.Bytes(), nil
}

func documentID(name string, d Document) string {
	if d.ID != "" {
		return d.ID
	}
	return name
}
