package templates

import (
	"encoding/json"
	"slices"
)

// A schema is as much of JSON Schema as layouts need.
type schema struct {
	Draft       string             `json:"$schema,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Title       string             `json:"title,omitempty"`
	About       string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	MaxItems    int                `json:"maxItems,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Others      *bool              `json:"additionalProperties,omitempty"`
	AnyOf       []*schema          `json:"anyOf,omitempty"`
	Definitions map[string]*schema `json:"definitions,omitempty"`
}

// Schema returns a JSON schema (draft 7) of layouts and blocks, by which an
// editor completes keys, says what they mean and marks what is wrong. It is made
// of the forms that the reader goes by. The reader checks more: that elements
// are on the page, that fields exist, that codes stay free.
func Schema() []byte {
	elements := &schema{Type: "array", MaxItems: maxElements, Items: &schema{}}
	defs := map[string]*schema{"at": placeSchema()}
	for _, k := range kinds() {
		defs[k.name] = object(k.all(), slices.Concat([]string{k.name, "at"}, k.need))
		defs[k.name].About = formOf(k.name).about.both()
		elements.Items.AnyOf = append(elements.Items.AnyOf, &schema{Ref: "#/definitions/" + k.name})
	}
	s := &schema{
		Draft: "http://json-schema.org/draft-07/schema#",
		Title: "Label layout 面单版式",
		Type:  "object",
		Properties: map[string]*schema{
			"title": {Type: "string", About: phrase{"what people call it", "名称"}.both()},
			"page": {Type: "object", About: phrase{"the label's size, mm; a block has none", "面单尺寸（毫米），区块不写"}.both(),
				Properties: map[string]*schema{"w": numbers(10, maxPage), "h": numbers(10, maxPage)}, Required: []string{"w", "h"}, Others: new(bool)},
			"elements": elements,
		},
		Required: []string{"elements"}, Others: new(bool), Definitions: defs,
	}
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return append(b, '\n')
}

func (p phrase) both() string { return p[1] + " / " + p[0] }

func numbers(low, high float64) *schema {
	return &schema{Type: "number", Minimum: &low, Maximum: &high}
}

func placeSchema() *schema {
	s := object(nil, nil)
	s.About = formOf("at").about.both()
	for _, key := range places {
		s.Properties[key] = numbers(0, maxPage)
	}
	return s
}

// object is a mapping that has just these keys.
func object(keys, required []string) *schema {
	s := &schema{Type: "object", Properties: map[string]*schema{}, Required: slices.Compact(slices.Sorted(slices.Values(required))), Others: new(bool)}
	for _, key := range keys {
		s.Properties[key] = formOf(key).schema()
	}
	return s
}

func (f form) schema() *schema {
	s := &schema{Type: "string"}
	switch f.shape {
	case aNumber:
		s = numbers(f.low, f.high)
	case aTruth:
		s.Type = "boolean"
	case aChoice:
		s.Enum = f.words
	case aCondition:
		s.Pattern = whenForm.String()
	case aPlace:
		return &schema{Ref: "#/definitions/at"}
	case columnList:
		s = &schema{Type: "array", MinItems: 1, MaxItems: maxColumns, Items: object(columnKeys, []string{"text"})}
	case markList:
		words := object(slices.DeleteFunc(slices.Clone(markKeys), func(k string) bool { return k == "picture" }), []string{"text"})
		picture := object([]string{"picture", "when"}, []string{"picture"})
		s = &schema{Type: "array", MinItems: 1, MaxItems: maxMarks, Items: &schema{AnyOf: []*schema{{Type: "string"}, words, picture}}}
	}
	s.About = f.about.both()
	return s
}
