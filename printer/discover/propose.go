package discover

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"miandan/printer/model"
)

// Proposal is how a device would stand in the settings.
type Proposal struct {
	Model     string // of a model file; "" if none fits
	Language  string
	DotsPerMM float64
	Media     string // "" leaves it to the settings' default
	Status    string // "never", or ""
	Why       []Why
}

// Why says what a proposed setting rests on.
type Why struct {
	Setting    string           `json:"setting"`
	Value      string           `json:"value"`
	Because    string           `json:"because"`
	Confidence model.Confidence `json:"confidence"`
}

// sizes are the pitches that heads have, by what people call them.
var sizes = map[string]float64{"203": 8, "200": 8, "300": 11.811, "305": 12, "600": 23.622, "609": 24}

var dpi = regexp.MustCompile(`(?i)(?:^|[^0-9])(203|300|305|600)\s?-?dpi`)

// Propose says how a device would stand in the settings, and why.
func Propose(d Device, l *model.Library) Proposal {
	var p Proposal
	say := func(setting, value, because string, c model.Confidence) {
		p.Why = append(p.Why, Why{setting, value, because, c})
	}
	m, known := l.Match(d.Identity)
	quirk := func(set string) (model.Quirk, bool) { return m.Quirk(set) }
	if known {
		p.Model = m.Name
		say("model", m.Name, "what it calls itself fits "+m.Says, model.Probed)
	}
	p.language(d, m, say)
	if q, ok := quirk("status"); ok && p.Language == m.Value("language") {
		p.Status = q.Value
		say("status", q.Value, q.Reason, q.Confidence)
	}
	p.pitch(d, m, say)
	switch q, ok := quirk("media"); {
	case p.Language == "page":
	case ok && p.Language == m.Value("language"):
		p.Media = q.Value
		say("media", q.Value, q.Reason, q.Confidence)
	default:
		p.Media = "label"
		say("media", "label", "waybills come as die-cut labels", model.Assumed)
	}
	return p
}

type sayer func(setting, value, because string, c model.Confidence)

// language chooses by the printer's own word, then by its model. Behind a queue
// the driver speaks.
func (p *Proposal) language(d Device, m model.Model, say sayer) {
	spoken, word := model.LanguageOf(d.Identity.Commands)
	q, modelled := m.Quirk("language")
	switch {
	case strings.HasPrefix(d.URL, "cups:") || strings.HasPrefix(d.URL, "winspool:"):
		p.Language = "page"
		say("language", "page", "a print queue takes pages; its driver speaks to the printer", model.Documented)
	case modelled && (spoken == "" || spoken == q.Value || q.Confidence != model.Assumed):
		p.Language = q.Value
		say("language", q.Value, q.Reason, q.Confidence)
	case spoken != "":
		p.Language = spoken
		say("language", spoken, fmt.Sprintf("it says that it knows %s", word), model.Documented)
	default:
		p.Language = "tspl"
		say("language", "tspl", "it does not say; most waybill printers in China speak TSPL. Ask it (--ask), or print a test card before anything else", model.Assumed)
	}
}

// pitch chooses by what the device or its queue says, then by its name, then by
// its model. Most heads have 203 dpi, and the test card's ruler shows it.
func (p *Proposal) pitch(d Device, m model.Model, say sayer) {
	set := func(v float64, because string, c model.Confidence) {
		p.DotsPerMM = v
		say("dots_per_mm", strconv.FormatFloat(v, 'f', -1, 64), because, c)
	}
	q, modelled := m.Quirk("dots_per_mm")
	named := dpi.FindStringSubmatch(strings.Join([]string{d.Identity.Model, d.Identity.Answer, d.Identity.Queue, d.Says}, " "))
	switch near, ok := nearest(d.DotsPerMM); {
	case ok:
		set(near, "it says so", model.Probed)
	case named != nil:
		set(sizes[named[1]], "its name says "+named[1]+" dpi", model.Probed)
	case modelled:
		if v, err := strconv.ParseFloat(q.Value, 64); err == nil {
			set(v, q.Reason, q.Confidence)
			return
		}
		fallthrough
	default:
		set(8, "most label printers have 203 dpi; measure the test card's ruler", model.Assumed)
	}
}

// nearest returns the pitch that heads really have next to one that was said. A
// head of 300 dpi says 12 dots a millimetre.
func nearest(said float64) (float64, bool) {
	if said == 12 {
		return 11.811, true
	}
	for _, v := range []float64{8, 11.811, 12, 23.622, 24} {
		if math.Abs(said-v) < 0.15 {
			return v, true
		}
	}
	return 0, false
}
