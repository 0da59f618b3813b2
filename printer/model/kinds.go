package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is a setting that a model file may propose a value for.
type Kind struct {
	Name string
	// Words are all that it may be. Without any it is a number from Low to High,
	// whole where Whole says so; "true" or "false"; or a time such as "30s".
	Words     []string
	Low, High float64
	Whole     bool
	Truth     bool
	Time      bool
	// Hardware is of the printer whatever language it is spoken to in.
	Hardware bool
	// Means is for the reader of a model file.
	Means string
}

// Kinds are all there are. Each is a setting of the same name.
var Kinds = []Kind{
	{Name: "language", Words: []string{"escpos", "tspl", "zpl", "cpcl", "page"}, Means: "what it understands"},
	{Name: "dots_per_mm", Words: []string{"8", "11.811", "12", "23.622", "24"}, Hardware: true, Means: "the head's pitch"},
	{Name: "head_dots", Low: 64, High: 8192, Whole: true, Hardware: true, Means: "the head's width; a wider label is refused"},
	{Name: "media", Words: []string{"label", "label-ff", "mark", "continuous", "continuous-cut", "as-set"}, Means: "how it finds the next label"},
	{Name: "confirm", Words: []string{"process-id", "status", "none"}, Means: "what proves a print"},
	{Name: "status", Words: []string{"ask", "never"}, Means: "whether it answers questions about its condition"},
	{Name: "keeps_buffer", Truth: true, Hardware: true, Means: "what it was sent survives its power switch"},
	{Name: "band_rows", Low: 24, High: 1024, Whole: true, Means: "rows of one picture command"},
	{Name: "dial_timeout", Time: true, Hardware: true, Means: "how long connecting may take"},
	{Name: "send_timeout", Time: true, Hardware: true, Means: "how long it may take no byte"},
	{Name: "confirm_timeout", Time: true, Hardware: true, Means: "how long its word may take"},
	{Name: "escpos.quiet", Truth: true, Means: "reports no fault unasked"},
	{Name: "escpos.no_real_time", Truth: true, Means: "knows GS ( D, which keeps dots from being commands"},
	{Name: "tspl.invert", Truth: true, Means: "a set bit is black"},
	{Name: "tspl.zlib", Truth: true, Means: "takes BITMAP mode 3 with a zlib stream"},
	{Name: "tspl.extended", Truth: true, Means: "answers ESC !S"},
	{Name: "tspl.immediate", Truth: true, Means: "wants ~!E before a question"},
	{Name: "tspl.response", Truth: true, Means: "reports each printed label after SET RESPONSE ON"},
	{Name: "zpl.compression", Words: []string{"", "z64", "hex"}, Means: "the shortest form of a picture that it reads"},
	{Name: "cpcl.resolution", Low: 100, High: 600, Whole: true, Means: "what it wants in a label's first line"},
	{Name: "cpcl.hex", Truth: true, Means: "wants hexadecimal digits in place of bytes"},
	{Name: "cpcl.extended", Truth: true, Means: "answers ESC i"},
}

// KindOf returns the kind of a setting.
func KindOf(name string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// takes reports whether a value is one of this kind, and what would be.
func (k Kind) takes(value string) (ok bool, want string) {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case len(k.Words) > 0:
		quoted := make([]string, len(k.Words))
		for i, w := range k.Words {
			quoted[i] = strconv.Quote(w)
		}
		return slices.Contains(k.Words, value), strings.Join(quoted, " | ")
	case k.Truth:
		return value == "true" || value == "false", "true | false"
	case k.Time:
		d, err := time.ParseDuration(value)
		return err == nil && d >= 100*time.Millisecond && d <= time.Minute, `"100ms" … "1m"`
	}
	v, err := strconv.ParseFloat(value, 64)
	whole := !k.Whole || v == float64(int64(v))
	return err == nil && v >= k.Low && v <= k.High && whole, number(k.Low) + " … " + number(k.High)
}
