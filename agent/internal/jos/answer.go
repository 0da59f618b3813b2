package jos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Text is a scalar of JD's answers. The same field comes as a string from one
// method and as a number or a boolean from the next; null and a missing field
// are the empty text.
type Text string

// UnmarshalJSON reads a string, a number, a boolean or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(s)
	case '{', '[':
		return errNoScalar
	case 'n':
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

// Int returns the number that the text is, or 0.
func (t Text) Int() int {
	n, err := strconv.Atoi(strings.TrimSpace(string(t)))
	if err != nil {
		return 0
	}
	return n
}

// True reports whether the text is one of the forms that JD says yes in.
func (t Text) True() bool { return t == "1" || strings.EqualFold(string(t), "true") }

var (
	errNoScalar = errors.New("an object or a list where a single value was expected")
	errNotJSON  = errors.New("the answer is not whole JSON")
	errNoObject = errors.New("the answer is no object")
)

// open takes the envelope off an answer.
func open(method string, answer []byte) (json.RawMessage, error) {
	root, first, err := members(answer)
	if err != nil {
		return nil, broken(method, err)
	}
	if e, ok := root["error_response"]; ok {
		var refusal struct {
			Code Text   `json:"code"`
			Zh   string `json:"zh_desc"`
			En   string `json:"en_desc"`
		}
		if err := json.Unmarshal(e, &refusal); err != nil {
			return nil, broken(method, shape(err))
		}
		if refusal.Zh == "" {
			refusal.Zh = refusal.En
		}
		return nil, refused(&Error{Method: method, Code: string(refusal.Code), Message: refusal.Zh})
	}
	if _, ok := root["statusCode"]; ok { // the alpha family forgets the envelope
		return answer, nil
	}
	body := root[first]
	if len(body) == 0 || body[0] != '{' {
		return nil, broken(method, errNoObject)
	}
	var head struct {
		Code Text `json:"code"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, broken(method, shape(err))
	}
	if head.Code != "" && head.Code != "0" {
		return nil, refused(&Error{Method: method, Code: string(head.Code), Inner: true})
	}
	return body, nil
}

// members returns the members of the object that the answer is, and the name
// of the first.
func members(answer []byte) (root map[string]json.RawMessage, first string, err error) {
	if err := json.Unmarshal(answer, &root); err != nil {
		return nil, "", shape(err)
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, "", errNoObject
	}
	t, err := d.Token()
	if err != nil {
		return nil, "", errNotJSON
	}
	first, _ = t.(string)
	return root, first, nil
}

// shape says what is wrong with the form of an answer without quoting it:
// encoding/json puts a number that it cannot store into its error, and that
// may be somebody's telephone number.
func shape(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("field %s is no %v", kind.Field, kind.Type)
	case errors.Is(err, errNoScalar):
		return errNoScalar
	case errors.As(err, &kind):
		return errNoObject
	}
	return errNotJSON
}
