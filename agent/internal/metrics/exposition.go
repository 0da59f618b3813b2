package metrics

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// contentType is Prometheus' text format, version 0.0.4, which every scraper reads. Its
// client library writes it too, and would be 2.4 MB of a program that is to be small;
// its parser judges ours in the tests.
const contentType = "text/plain; version=0.0.4; charset=utf-8"

// family is a figure with its name, which has its unit as Prometheus wants it.
type family struct {
	name, help string
	labels     []string
}

func gauge(name, help string, labels ...string) *family {
	return &family{"miandan_" + name, help, labels}
}

// exposition gathers figures and writes them out, in the order in which families came.
type exposition struct {
	families []*family
	samples  map[*family][]string
}

// put notes a figure with the values of its family's labels.
func (e *exposition) put(f *family, value float64, labels ...string) {
	if e.samples == nil {
		e.samples = map[*family][]string{}
	}
	if e.samples[f] == nil {
		e.families = append(e.families, f)
	}
	var b strings.Builder
	b.WriteString(f.name)
	for i, v := range labels {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(f.labels[i] + `="` + escaped.Replace(strings.ToValidUTF8(v, "\uFFFD")) + `"`)
	}
	if len(labels) > 0 {
		b.WriteByte('}')
	}
	b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64))
	e.samples[f] = append(e.samples[f], b.String())
}

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (e *exposition) text() []byte {
	var b bytes.Buffer
	for _, f := range e.families {
		b.WriteString("# HELP " + f.name + " " + f.help + "\n# TYPE " + f.name + " gauge\n")
		slices.Sort(e.samples[f])
		for _, s := range e.samples[f] {
			b.WriteString(s + "\n")
		}
	}
	return b.Bytes()
}
