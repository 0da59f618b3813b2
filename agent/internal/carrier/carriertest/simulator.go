package carriertest

import "net/http"

// Simulator is a carrier on this computer, written from what is known of its
// platform and sharing nothing with the client: it checks every signature on the
// bytes that came, keeps a number for ever under the reference that it was asked
// for with, and goes wrong as it is told.
type Simulator interface {
	http.Handler
	// Given returns the numbers that it has given, by the reference that it was
	// asked with: what really happened, whatever the client was told. A second
	// number for one reference is a second parcel.
	Given() map[string][]string
	// Fail makes something go wrong until it is told "".
	Fail(how string)
}

// What a Simulator can be told. Whatever does not occur at a carrier makes it
// go on as if nothing had been said. The first two are about requests for a
// number and no other, and happen once.
const (
	LoseRequest = "lose-request" // the line breaks before anything is done
	LoseAnswer  = "lose-answer"  // a number is given, then the line breaks
	Busy        = "busy"         // too many calls
	Signature   = "signature"    // the signature is wrong, whatever it is
	Permission  = "permission"   // the account may not use the interface
	BackEnd     = "back-end"     // trouble behind the gateway
	Refuse      = "refuse"       // a definite no about the order
	Outside     = "outside"      // the address is not served
	Stock       = "stock"        // the numbers are used up
	Late        = "late"         // a label that is asked for is not drawn yet
	Fast        = "fast"         // a number cannot be cancelled
	Bare        = "bare"         // a number without any routing
)
