package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/templates/pii"
)

// Queue is all that the page, the tray and `miandan queue` show.
type Queue struct {
	// Seq rises with every change. The server sets it; a reader that has seen
	// a higher one throws an older answer away.
	Seq      uint64    `json:"seq"`
	Asking   string    `json:"asking,omitempty" doc:"The origin of a page that asks to print here and waits for an answer: see callers"`
	Station  string    `json:"station,omitempty" doc:"What this station is called"`
	Paused   bool      `json:"paused"`
	Counts   Counts    `json:"counts"`
	Printers []Printer `json:"printers"`
	// Carriers are those that labels wait for, to choose from.
	Carriers []CarrierCount `json:"carriers,omitempty"`
	// Rows come in any order; people's order is by deadline.
	Rows []Row `json:"rows"`
	More int   `json:"more,omitempty" doc:"How many more there are that wait or print and fit, beyond the limit"`
}

// QueueQuery chooses rows; counts are of all. What is left out is not asked.
type QueueQuery struct {
	Find    string `query:"find" maxLength:"64" doc:"Part of an order's or a waybill's number"`
	Carrier string `query:"carrier" maxLength:"64" doc:"As rows name it"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"Rows of each kind: needing a person, waiting or printing, refused, done"`
}

// CarrierCount is how many labels of a carrier wait.
type CarrierCount struct {
	Carrier string `json:"carrier"`
	Name    string `json:"name,omitempty"`
	Waiting int    `json:"waiting"`
}

// Counts are numbers of labels; Refused counts orders.
type Counts struct {
	Waiting  int `json:"waiting"`
	Printing int `json:"printing"`
	Unknown  int `json:"unknown"`
	Refused  int `json:"refused"`
	Done     int `json:"done_today"`
}

// Printer is a printer's condition in the words of IPP.
type Printer struct {
	Name    string       `json:"name"`
	State   PrinterState `json:"state" enum:"idle,processing,stopped"`
	Reasons []string     `json:"reasons,omitempty" doc:"RFC 8011 words: media-empty, cover-open, offline …"`
	Current string       `json:"current,omitempty" doc:"The waybill number of the label it is printing"`
	Left    *int         `json:"labels_left,omitempty" doc:"How many labels are left on its roll; missing where nothing is known of it"`
}

// PrinterState is the state of a printer (RFC 8011 §5.4.11).
type PrinterState string

// A stopped printer needs somebody; its Reasons say why.
const (
	Idle       PrinterState = "idle"
	Processing PrinterState = "processing"
	Stopped    PrinterState = "stopped"
)

// Row is one label, or an order that has none yet.
type Row struct {
	Order       string    `json:"order" doc:"The platform's order number"`
	Label       string    `json:"label,omitempty" doc:"The label's ID; none before a number was taken"`
	Carrier     string    `json:"carrier,omitempty"`
	CarrierName string    `json:"carrier_name,omitempty"`
	Waybill     string    `json:"waybill,omitempty"`
	Parcel      int       `json:"parcel,omitempty" doc:"From 1"`
	Parcels     int       `json:"parcels,omitempty"`
	Receiver    Masked    `json:"receiver,omitzero"`
	Phone       Masked    `json:"phone,omitzero"`
	Address     Masked    `json:"address,omitzero" doc:"Down to the district"`
	State       State     `json:"state" enum:"waiting,printing,unknown,number-unknown,done,refused,cancelled"`
	Step        string    `json:"step,omitempty" doc:"The ledger's own word for the state, for support"`
	Evidence    Evidence  `json:"evidence,omitempty" enum:"confirmed,presumed,operator"`
	Deadline    time.Time `json:"deadline,omitzero" doc:"Until when the parcel must ship"`
	Since       time.Time `json:"since,omitzero" doc:"When it came into its state"`
	// Left is set by the server, so that a reader's wrong clock does no harm.
	Left     int64    `json:"left_seconds" doc:"What is left until the deadline; negative is late"`
	Printer  string   `json:"printer,omitempty"`
	Attempts int      `json:"attempts,omitempty" doc:"How often it was sent to a printer"`
	Refusal  *Refusal `json:"refusal,omitempty" doc:"What is wrong with it: why it is refused, what it waits for, what a person must decide"`
	Alarm    bool     `json:"alarm,omitempty" doc:"What the refusal says came after the label: its parcel may have to be stopped, and nobody has said yet that it was seen to"`
	// Cautions and Lateness are the order's; they are gone with its personal data.
	Cautions []Refusal `json:"cautions,omitempty" doc:"What people should know of an order that ships all the same"`
	Lateness *Lateness `json:"lateness,omitempty" doc:"What people are told of the deadline, once it is near or past"`
}

// State is where a row stands, as the staff sees it.
type State string

// Waiting is everything before a label is claimed for a printer; Printing is
// from there until the printer's word. Unknown and NumberUnknown wait for a
// person: a label that may or may not be on paper, a number that may or may
// not have been taken.
const (
	Waiting       State = "waiting"
	Printing      State = "printing"
	Unknown       State = "unknown"
	NumberUnknown State = "number-unknown"
	Done          State = "done"
	Refused       State = "refused"
	Cancelled     State = "cancelled"
)

// Evidence is what "done" rests on.
type Evidence string

// Confirmed is the device's word; Presumed means that a wire or a spooler took
// it; ByOperator is a person's word.
const (
	Confirmed  Evidence = "confirmed"
	Presumed   Evidence = "presumed"
	ByOperator Evidence = "operator"
)

// Refusal says why an order is not printed, or what else a person should know
// of it.
type Refusal struct {
	Code notice.Code `json:"code"`
	// Message is the code's sentence in the asker's language; the server
	// writes it.
	Message string `json:"message"`
	Action  Action `json:"action,omitempty" enum:"retry,wait,ask,fix" doc:"What helps"`
	Args    []any  `json:"-"` // what the sentence's verbs take
}

// Action is what helps against a refusal.
type Action string

// Retry and Wait happen by themselves, soon or later; for Ask a person must find
// out or decide, for Fix the settings are to be put right.
const (
	Retry Action = "retry"
	Wait  Action = "wait"
	Ask   Action = "ask"
	Fix   Action = "fix"
)

// Lateness is what people are told of a deadline.
type Lateness struct {
	Code    notice.Code `json:"code"`
	Message string      `json:"message"`
	Late    bool        `json:"late" doc:"The deadline has passed"`
	Cost    string      `json:"cost_yuan" doc:"What it costs not to ship in time: 17.70"`
	Args    []any       `json:"-"`
}

// Taken is what became of one order that was asked for.
type Taken struct {
	Order   string   `json:"order"`
	State   State    `json:"state"`
	Refusal *Refusal `json:"refusal,omitempty"`
}

// Reprint asks for a printed waybill once more.
type Reprint struct {
	Waybill string `json:"waybill" minLength:"1" maxLength:"64"`
	Label   string `json:"label,omitempty" maxLength:"64" doc:"The ID of the one label that is meant, where several parcels travel under the number"`
	Reason  string `json:"reason" minLength:"1" maxLength:"200"`
	Who     string `json:"who,omitempty" maxLength:"64"`
}

// Resolution is a person's word on an unknown label, on an order whose carrier's
// answer was lost, or on a parcel that was to be stopped.
type Resolution struct {
	Label  string `json:"label" minLength:"1" maxLength:"64" doc:"The label's ID; for no-number, number and seen the order's number"`
	Answer Answer `json:"answer" enum:"printed,not-printed,no-number,number,seen"`
	// Numbers are what a person found: one, or one for each parcel.
	Numbers []string `json:"numbers,omitempty" maxItems:"100" doc:"For number: the waybill numbers in the carrier's console, one or one for each parcel"`
	Who     string   `json:"who,omitempty" maxLength:"64"`
	// Cleared is the person's word that the printer was switched off and on,
	// so that nothing of the label can still come out of it.
	Cleared bool `json:"cleared,omitempty" doc:"The printer was switched off and on"`
}

// Answer is what a person has seen.
type Answer string

// Printed and NotPrinted are about a label. NoNumber and NumberFound are about
// an order: the carrier's console shows that no number was given, so one may be
// taken, or shows which. Seen is about one with an alarm: its parcel was stopped, or
// goes as it is.
const (
	Printed     Answer = "printed"
	NotPrinted  Answer = "not-printed"
	NoNumber    Answer = "no-number"
	NumberFound Answer = "number"
	Seen        Answer = "seen"
)

// Scan reports that a finished label was scanned on its parcel.
type Scan struct {
	Waybill string `json:"waybill" minLength:"1" maxLength:"64"`
	Who     string `json:"who,omitempty" maxLength:"64"`
}

// Packed is what the scan of a finished label has come to.
type Packed struct {
	Order   string `json:"order"`
	Waybill string `json:"waybill"`
	Left    int    `json:"left" doc:"How many parcels of the order are still to be scanned"`
	Wave    string `json:"wave,omitempty" doc:"The open wave that it is in: W12"`
	Already bool   `json:"already,omitempty" doc:"It was scanned before"`
}

// Version says which program answers.
type Version struct {
	Program string `json:"program"`
	API     int    `json:"api"`
}

// Masked is what may be shown of a name, a number or an address. Only Mask
// makes one, and only of a value that masks itself, so a whole name cannot
// stand in an answer. Reading an answer gives the mask back, which a pii type
// would refuse.
type Masked struct{ text string }

// Mask returns what v prints.
func Mask[T pii.Name | pii.Phone | pii.Address](v T) Masked {
	s, _ := any(v).(interface{ String() string })
	return Masked{text: s.String()}
}

func (m Masked) String() string                { return m.text }
func (m Masked) MarshalJSON() ([]byte, error)  { return json.Marshal(m.text) }
func (m *Masked) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.text) }

// Schema says in the API's description that a Masked is a string.
func (Masked) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "Masked: 张••, 138••••5678, a district"}
}
