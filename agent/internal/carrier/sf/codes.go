package sf

import (
	"maps"

	"miandan/agent/internal/carrier/gateway"
)

// codes are what SF's codes mean: A… are the gateway's own, the rest come from
// the order system behind it.
func codes(byToken bool) gateway.Codes {
	stale := gateway.Meaning{Notice: "gateway-clock", Effect: gateway.None}
	if byToken {
		stale.Notice = "gateway-token"
	}
	return gateway.Codes{"A1002": stale}.
		Mean("gateway-token", gateway.None, "A1011").
		Mean("gateway-call", gateway.None, "A1001", "A1008").
		Mean("gateway-blocked", gateway.None, "A1003").
		// A1010 is an account whose interface still stands in the trial system.
		Mean("gateway-permission", gateway.None, "A1004", "A1010").
		Mean("gateway-busy", gateway.None, "A1005").
		Mean("gateway-signature", gateway.None, "A1006").
		// A1007 is a request that came twice. Each call here has an ID of its own, so
		// somebody on the way has sent it again, and the first may have been taken.
		Mean("gateway-back-end", gateway.Open, "A1007", "A1009", "A1099").
		Mean("", gateway.Has, "8016").
		Mean("parcels-too-many", gateway.No, "8067").
		// Something of the sender, the receiver or the goods is missing; the monthly
		// account is malformed, may not be used or is not known; a telephone is odd; a
		// parameter is refused; the order is cancelled and cannot be used again.
		Mean("", gateway.No, "1010", "1011", "1012", "1014", "1015", "1016", "1023",
			"6126", "8114", "8119", "8196", "S0003", "8037", "8253")
}

// loginCodes are what the codes mean where a token is asked for: there a failed
// authentication is the check word's fault.
func loginCodes() gateway.Codes {
	c := maps.Clone(codes(true))
	return c.Mean("gateway-signature", gateway.None, "A1011").Mean("gateway-clock", gateway.None, "A1002")
}

// unknownOrder are the codes with which the look-up says that there is no such
// order.
func unknownOrder(code string) bool { return code == "6150" || code == "8018" }
