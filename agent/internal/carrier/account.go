package carrier

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// Kind is a carrier, or somebody who speaks for several, with whom a merchant
// may have a contract of its own: what the settings say of such an account, and
// what is made of it. All that is known of a carrier lies in its package; the
// list of kinds has one line for it.
type Kind struct {
	Name    string // in the settings: "sf"
	Title   string // for people: 顺丰速运
	Gateway string // its address
	Sandbox string // that of its trial system; empty if it has none
	// Layout names the layout of an account's labels without its size: "sf".
	Layout func(Account) string
	Fields []Field
	// Open makes an issuer of an account whose settings have been checked.
	Open func(Account) (Issuer, error)
}

// Field is one setting of an account beside those that all accounts have.
type Field struct {
	Name     string
	About    notice.Phrase // what it is, for the settings file: English, Chinese
	Example  string
	Secret   bool // it lies in the key store and not in the settings
	Required bool
	Default  string
	OneOf    []string // the values that it may have; any if empty
}

// Account is a merchant's contract with a carrier, as the settings give it.
type Account struct {
	Name    string // in routes; of several accounts with one carrier each has its own
	Gateway string // its kind's if empty
	Sandbox bool   // it is used with the carrier's trial system
	// Prefix stands before every order number that the carrier is told. Carriers
	// never forget a number: two environments, or a database that was begun anew,
	// must not use the same.
	Prefix  string
	Shop    string
	Sender  waybill.Party
	Weight  float64 // kg, where the order says nothing
	Values  map[string]string
	Secrets map[string]secret.Token
	HTTP    *outbound.Client // nil is one of the account's own
	Now     func() time.Time // nil is time.Now
}

// Account fills in what an account leaves out, and reports as *notice.Error
// what is missing or cannot be.
func (k Kind) Account(a Account) (Account, error) {
	if a.Name == "" {
		a.Name = k.Name
	}
	if a.Gateway == "" {
		a.Gateway = k.Gateway
		if a.Sandbox {
			a.Gateway = k.Sandbox
		}
	}
	if a.Now == nil {
		a.Now = time.Now
	}
	if a.HTTP == nil {
		a.HTTP = &outbound.Client{Account: a.Name}
	}
	values := map[string]string{}
	for _, f := range k.Fields {
		if f.Secret {
			if f.Required && a.Secrets[f.Name].Empty() {
				return a, notice.New("account-secret", nil, a.Name, "account."+a.Name+"."+f.Name)
			}
			continue
		}
		v := strings.TrimSpace(a.Values[f.Name]) // one that was copied has a blank behind it, and is refused as a stranger's
		if v == "" {
			v = f.Default
		}
		switch {
		case v == "" && f.Required:
			return a, notice.New("account-value", nil, a.Name, f.Name)
		case v != "" && len(f.OneOf) > 0 && !slices.Contains(f.OneOf, v):
			return a, notice.New("account-value", nil, a.Name, f.Name)
		}
		values[f.Name] = v
	}
	a.Values = values
	return a, nil
}

// New makes an issuer of an account.
func (k Kind) New(a Account) (Issuer, error) {
	a, err := k.Account(a)
	if err != nil {
		return nil, err
	}
	return k.Open(a)
}

// Whole returns a setting that is a whole number, or 0.
func (a Account) Whole(field string) int { n, _ := strconv.Atoi(a.Values[field]); return n }

// Is reports whether a setting is "true".
func (a Account) Is(field string) bool { return a.Values[field] == "true" }

// The shortest and the longest number of an order that every carrier takes.
const (
	shortestReference = 7  // YTO
	longestReference  = 40 // the shortest of the limits that are known, SF's 64, less what some put before it
)

const plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

// Reference returns the number under which the carrier knows an order, which
// is its idempotency key: the same for an order until its number was given back,
// and never that of another, whatever platform it comes from. JD's orders keep
// their own.
func (a Account) Reference(o order.Order) string {
	id := o.ID
	if o.Source != "jd" || strings.Trim(o.ID, "0123456789") != "" {
		id = o.Source + "_" + id
	}
	if o.Renewed > 0 { // its carrier remembers the number that was given back, and gives none under that reference any more
		id = "R" + strconv.Itoa(o.Renewed) + "_" + id
	}
	if n := len(a.Prefix) + len(id); strings.Trim(id, plain) != "" || n < shortestReference || n > longestReference {
		sum := sha256.Sum256([]byte(o.Source + "\x00" + id))
		id = o.Source + "_" + hex.EncodeToString(sum[:12])
	}
	return a.Prefix + id
}

// Waybill begins the waybill of an order: all that the carrier does not say.
func (a Account) Waybill(code waybill.Carrier, title string, o order.Order, n waybill.Number) waybill.Waybill {
	w := waybill.Waybill{
		Carrier: code, CarrierName: title, Number: n, Order: o.ID, Shop: cmp.Or(o.Shop, a.Shop),
		Sender: a.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind, Items: o.Items, Remark: o.Remark, IssuedAt: a.Now(),
	}
	o.Mark(&w)
	return w
}
