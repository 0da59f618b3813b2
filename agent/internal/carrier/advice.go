package carrier

import "miandan/agent/internal/notice"

// Action is what helps against a failure.
type Action uint8

// The actions. Retry and Wait happen by themselves; for Ask and Fix a person
// is needed.
const (
	Retry Action = iota + 1 // the same again soon
	Wait                    // the same again later: a quota passes, stock is refilled
	Ask                     // somebody must find out or decide, here or at the carrier
	Fix                     // something is set wrongly on this computer
)

func (a Action) String() string { return [...]string{"none", "retry", "wait", "ask", "fix"}[a] }

// ActionOf returns what helps against a failure with a notice of this code.
// Where nothing is known of it a person must look.
func ActionOf(c notice.Code) Action {
	switch c {
	case "jd-back-end", "jdl-back-end", "jd-unreachable", "jdl-unreachable", "jd-busy", "no-network",
		"carrier-unreachable", "gateway-unreachable", "gateway-back-end", "gateway-token", "routing-missing", "jd-tde-no-key", "rendered-fetch", "rendered-later":
		return Retry
	case "jd-quota", "jdl-quota", "jd-oaid-quota", "gateway-busy", "stock-out":
		return Wait
	case "jd-clock", "jdl-clock", "jd-signature", "jdl-signature", "jdl-algorithm", "jd-method", "jdl-method",
		"jd-app-key", "jdl-app-key", "jd-not-set-up", "jdl-not-set-up", "jd-gateway", "jdl-gateway", "jd-certificate", "jdl-certificate",
		"jd-answer", "jdl-answer", "contract-missing", "carrier-unknown", "service-not-set-up", "no-route", "phone-kind":
		return Fix
	case "gateway-url", "gateway-certificate", "gateway-answer", "gateway-signature", "gateway-clock", "gateway-account", "gateway-call",
		"account-secret", "account-value":
		return Fix
	case "cloudprint-not-set-up", "sealed-refused", "template-missing", "template-unusable", "rendered-carrier", "rendered-no-hosts",
		"rendered-host", "rendered-kind", "rendered-size", "rendered-pdf", "rendered-picture",
		"component-no-printer", "component-refused", "component-not-local", "component-no-document":
		return Fix
	}
	return Ask
}
