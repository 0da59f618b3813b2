package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/outbound"
	"miandan/printer"
)

// protocol is one of the ways in which the component is spoken to. A task is
// one document, for the replies to several tell them apart by their place only.
type protocol interface {
	list(key string) any
	printers(reply []byte) ([]string, error)
	print(key, printer, name string, d Document) (any, error)
	// verdict returns nil if the reply says that the document was printed, and
	// otherwise a *RefusedError.
	verdict(reply []byte) error
}

// RefusedError is a reply that does not say that the label was printed.
//
// It is printer.ErrUnprinted only where the protocol leaves no other reading:
// the task was refused as a whole, before any document was looked at (503, 2001,
// 2002, 2010), or the component itself counts no document as printed and names
// this one as spoilt (502 with a total of "0-…"). A system error (4000), a part
// that failed (1001), a failure whose count is missing, and a reply that
// contradicts itself can all come after the document went to the queue.
//
// Such a label is the one to be put aside: another would print.
type RefusedError struct {
	Status    string // 502, 503, 2001 …
	Words     string // the component's, without anything about a person
	Unprinted bool
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the print component answered %q: %q", e.Status, e.Words)
}

// Is makes an error that proves that nothing was printed printer.ErrUnprinted.
func (e *RefusedError) Is(target error) bool { return target == printer.ErrUnprinted && e.Unprinted }

func refused(status jos.Text, words string, unprinted bool) error {
	return &RefusedError{outbound.Words(string(status)), outbound.Words(words), unprinted}
}

// noList is a question that was not answered. It says nothing of any label.
func noList(status jos.Text, words string) error {
	return fmt.Errorf("the print component gives no list of its printers: %q: %q", outbound.Words(string(status)), outbound.Words(words))
}

var errReply = errors.New("the print component's reply cannot be read")

// classic is versions 1 and 2.
type classic struct{ second bool }

type object = map[string]any

func (classic) list(key string) any { return object{"orderType": "GET_Printers", "key": key} }

func (c classic) print(key, printer, name string, d Document) (any, error) {
	if d.TemplateURL == "" {
		return nil, errors.New("the sealed document has no template's address, which versions 1 and 2 of the protocol need")
	}
	custom := d.Custom
	if custom == nil {
		custom = object{}
	}
	task := object{"orderType": "PRINT", "key": key}
	if c.second {
		task["version"] = "2"
		content := object{"documentID": name, "tempUrl": d.TemplateURL, "printData": d.Data}
		if d.CustomURL != "" {
			content["customTempUrl"], content["customData"] = d.CustomURL, custom
		}
		task["parameters"] = object{"printName": printer, "contents": []object{content}}
		return task, nil
	}
	task["parameters"] = object{
		"printName": printer, "tempUrl": d.TemplateURL, "customTempUrl": d.CustomURL,
		"customData": []object{custom}, "printData": []string{d.Data}, "offsetTop": "0mm", "offsetLeft": "0mm",
	}
	return task, nil
}

// classicReply has all scalars as strings, the truth included: "false" is not
// true because it is not empty.
type classicReply struct {
	Code    jos.Text        `json:"code"` // 2 for a print, 6 for the list
	Success jos.Text        `json:"success"`
	Status  jos.Text        `json:"status"` // 500 is good, 502 bad data, 503 bad form
	Words   jos.Text        `json:"message"`
	Content jos.Text        `json:"content"`
	Detail  json.RawMessage `json:"detailinfo"`
}

func (r classicReply) says(truth string) bool { return strings.EqualFold(string(r.Success), truth) }

type classicDetail struct {
	Printers []string `json:"printers"`
	Total    jos.Text `json:"total"` // printed-given
	Done     []place  `json:"detail"`
	Errors   []place  `json:"errors"`
}

type place struct {
	Seq   jos.Text `json:"seq"` // from 1
	Words jos.Text `json:"msg"`
}

func readClassic(reply []byte) (r classicReply, d classicDetail, err error) {
	if json.Unmarshal(reply, &r) != nil {
		return r, d, errReply
	}
	if len(r.Detail) > 0 && r.Detail[0] == '{' && json.Unmarshal(r.Detail, &d) != nil {
		return r, classicDetail{}, errReply
	}
	return r, d, nil
}

func (classic) printers(reply []byte) ([]string, error) {
	r, d, err := readClassic(reply)
	switch {
	case err != nil:
		return nil, err
	case !r.says("true"):
		return nil, noList(r.Status, string(r.Words))
	case d.Printers != nil:
		return d.Printers, nil
	case r.Content == "":
		return nil, nil
	}
	return strings.Split(string(r.Content), ","), nil
}

func (classic) verdict(reply []byte) error {
	r, d, err := readClassic(reply)
	if err != nil {
		return fmt.Errorf("%w that can be read", ErrNoReply)
	}
	words := string(r.Words)
	for _, e := range d.Errors {
		words += ": " + string(e.Words)
	}
	printed, counts := printedOf(d.Total)
	ours := r.Code == "" || r.Code == "2"
	good := r.Status == "" || r.Status == "500"
	switch {
	case ours && r.says("true") && good && len(d.Errors) == 0 && (!counts || printed == 1):
		return nil
	case !ours || !r.says("false") || len(d.Done) > 0 || counts && printed > 0:
		return refused(r.Status, words, false)
	case r.Status == "503":
		return refused(r.Status, words, true)
	case r.Status == "502":
		return refused(r.Status, words, counts && len(d.Errors) > 0)
	}
	return refused(r.Status, words, false)
}

// printedOf reads the first number of a total such as "1-1".
func printedOf(total jos.Text) (n int, ok bool) {
	first, _, found := strings.Cut(string(total), "-")
	n, err := strconv.Atoi(first)
	return n, found && err == nil
}

// third is version 3, known from the types of a caller within JD. How its
// questions are spelt is a guess: the answers' commands stand in small letters.
type third struct{ system, location, operator string }

func (third) list(key string) any {
	return object{"cmd": "GET_PRINTERS", "requestId": key, "version": "3"}
}

func (t third) print(key, printer, name string, d Document) (any, error) {
	if d.TemplateCode == "" {
		return nil, errors.New("the sealed document has no template's code, which version 3 of the protocol needs")
	}
	version := d.TemplateVersion
	if version == "" {
		version = "-1"
	}
	document := object{
		"documentId": name, "templateCode": d.TemplateCode, "templateVersion": version, "printData": d.Data, "dataType": "encrypt",
	}
	if len(d.Custom) > 0 {
		document["customizedPrintData"] = d.Custom
	}
	return object{"cmd": "PRINT", "requestId": key, "version": "3", "task": object{
		"callSystem": t.system, "printLocation": t.location, "operator": t.operator,
		"outputConfig": []object{{"outputType": 0, "printerName": printer}},
		"documents":    []object{document},
	}}, nil
}

type thirdReply struct {
	Command jos.Text `json:"cmd"`
	Code    jos.Text `json:"code"`
	Words   jos.Text `json:"message"`
	Detail  *struct {
		Printers []string `json:"printers"`
		Errors   []struct {
			Words jos.Text `json:"message"`
		} `json:"errors"`
	} `json:"detail"`
}

func (third) printers(reply []byte) ([]string, error) {
	var r thirdReply
	if json.Unmarshal(reply, &r) != nil {
		return nil, errReply
	}
	if r.Code != "1000" || r.Detail == nil {
		return nil, noList(r.Code, string(r.Words))
	}
	return r.Detail.Printers, nil
}

func (third) verdict(reply []byte) error {
	var r thirdReply
	if json.Unmarshal(reply, &r) != nil {
		return fmt.Errorf("%w that can be read", ErrNoReply)
	}
	words, spoilt := string(r.Words), false
	if r.Detail != nil {
		for _, e := range r.Detail.Errors {
			words, spoilt = words+": "+string(e.Words), true
		}
	}
	ours := r.Command == "" || strings.EqualFold(string(r.Command), "print")
	switch {
	case ours && r.Code == "1000" && !spoilt:
		return nil
	case ours && (r.Code == "2001" || r.Code == "2002" || r.Code == "2010"):
		return refused(r.Code, words, true)
	}
	return refused(r.Code, words, false)
}
