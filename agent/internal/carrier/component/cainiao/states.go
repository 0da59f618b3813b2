package cainiao

import (
	"encoding/json"
	"strings"
)

// statesOf finds what a frame says of a document whose place in it is not
// known: the status of every object that names the document, and what stands
// under its name where documents are the names of an object.
func statesOf(frame []byte, document string) []scalar {
	var parts any
	if json.Unmarshal(frame, &parts) != nil {
		return nil
	}
	var states []scalar
	walk(parts, document, &states)
	return states
}

func walk(part any, document string, states *[]scalar) {
	switch part := part.(type) {
	case []any:
		for _, p := range part {
			walk(p, document, states)
		}
	case map[string]any:
		ours, status := false, ""
		for name, value := range part {
			text, isText := value.(string)
			switch {
			case strings.EqualFold(name, "documentID") && text == document:
				ours = true
			case strings.EqualFold(name, "status"):
				status = text
			case name == document && isText:
				*states = append(*states, scalar(text))
			case name == document:
				if under, ok := value.(map[string]any); ok {
					s, _ := under["status"].(string)
					*states = append(*states, scalar(s))
				}
			}
		}
		if ours {
			*states = append(*states, scalar(status))
			return
		}
		for _, p := range part {
			walk(p, document, states)
		}
	}
}

func allOf(states []scalar, texts ...string) bool {
	for _, s := range states {
		if !s.is(texts...) {
			return false
		}
	}
	return true
}

func anyOf(states []scalar, texts ...string) bool {
	for _, s := range states {
		if s.is(texts...) {
			return true
		}
	}
	return false
}
