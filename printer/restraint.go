package printer

import "time"

// restraint spares a printer that has never answered a question ever more of
// them: each costs every label the time that is waited for an answer. One that
// has answered once is asked for ever, for its silence means something.
type restraint struct {
	heard bool
	vain  int       // questions without an answer
	until time.Time // the next question
}

const (
	// patientQuestions are asked before a printer is taken for one that does not
	// answer: it may have been switched on a moment ago.
	patientQuestions = 3
	firstPause       = 30 * time.Second
	longestPause     = 10 * time.Minute
)

// over reports whether the printer may be asked again.
func (r *restraint) over(now time.Time) bool { return r.heard || !now.Before(r.until) }

func (r *restraint) answered() { *r = restraint{heard: true} }

func (r *restraint) unanswered(now time.Time) {
	if r.vain++; r.vain < patientQuestions || r.heard {
		return
	}
	pause := firstPause
	for n := patientQuestions; n < r.vain && pause < longestPause; n++ {
		pause *= 2
	}
	r.until = now.Add(min(pause, longestPause))
}
